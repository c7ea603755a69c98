import { setImmediate as nextTurn } from 'node:timers/promises';
import { parseExactNumber, LongDecimal } from '../../values/json/exact-json.js';
import { printableOf } from '../../values/one-line.js';
import { JsonOutline, type OutlineNames, type OutlineValues } from './outline/json-outline.js';
import type { OutlineScalar } from './outline/outline-tokens.js';

/** A single value. Numbers are texts with every digit. */
export type Scalar = string | boolean | null;

/** Single values by name; nested ones are null. */
export type Scalars = Readonly<Record<string, Scalar>>;

/**
 * What processing reads of a body, and nothing else: it is kept beside the message, and bodies hold IBANs, names and
 * balances. The rest, megabytes of transactions, is never in memory at once.
 *
 * @internal
 */
export interface WebhookSummary {
  readonly root: Scalars;
  readonly user: Scalars;
  readonly connection: Scalars;
  /** The first item of `account_ownerships`: such a body names its user and its connection nowhere else. */
  readonly ownership: Scalars;
}

/** The names that processing reads; whatever else a body holds is not kept. */
const READ: OutlineNames = {
  root: new Set(['id', 'id_webhook_data', 'id_user', 'id_connection', 'id_transaction', 'type', 'disabled']),
  inside: new Map([
    ['user', new Set(['id'])],
    ['connection', new Set(['id', 'id_user', 'state', 'last_update'])],
  ]),
  first: new Map([['account_ownerships', new Set(['id_user', 'id_connection'])]]),
};

/** Longer texts are not what an id, a word or a date is. */
const MAX_TEXT = 64;
/** Bytes that are read in one go: about a millisecond. */
const READ_AT_ONCE = 128 * 1024;

/**
 * Reads the summary of a JSON body. The event loop gets its turn between the parts of a large one.
 *
 * @returns null for what is not a JSON object, is nested too deeply, or has a number or a list of a length that Powens
 * sends nowhere
 * @internal
 */
export async function summaryOf(
  bytes: Iterable<Buffer> | AsyncIterable<Buffer>,
): Promise<WebhookSummary | null> {
  const outline = new JsonOutline(READ);
  let read = 0;
  for await (const chunk of bytes) {
    for (let from = 0; from < chunk.length; from += READ_AT_ONCE) {
      const part = chunk.subarray(from, from + READ_AT_ONCE);
      outline.write(part);
      read += part.length;
      if (outline.isBroken) {
        return null;
      }
      if (read >= READ_AT_ONCE) {
        read = 0;
        await nextTurn();
      }
    }
  }
  const found = outline.end();
  return found === null
    ? null
    : {
        root: scalarsOf(found.root),
        user: scalarsOf(found.inside.get('user')),
        connection: scalarsOf(found.inside.get('connection')),
        ownership: scalarsOf(found.inside.get('account_ownerships')),
      };
}

/** On an object without a prototype: a name that is read is one of its own (W16). */
function scalarsOf(values: OutlineValues = new Map()): Scalars {
  const scalars = Object.create(null) as Record<string, Scalar>;
  for (const [name, given] of values) {
    const scalar = scalarOf(given);
    if (typeof scalar !== 'string' || scalar.length <= MAX_TEXT) {
      scalars[name] = scalar;
    }
  }
  return scalars;
}

function scalarOf(value: OutlineScalar): Scalar {
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  if ('text' in value) {
    // With a space in the place of what is removed, nothing becomes an id that was none.
    return printableOf(value.text, ' ');
  }
  const number = parseExactNumber(value.number);
  return number instanceof LongDecimal ? number.text : String(number);
}
