import { flag, looseText, rawText, word } from '../bank/bank-values.js';
import { parseConnection, type PowensConnection } from '../powens.parsers.js';
import { fields, isRecord, UnexpectedShapeError } from '../wire-values.js';

/**
 * What a connection asks the end user for.
 *
 * @see https://docs.powens.com/api-reference/user-connections/connectors
 * @public
 */
export interface ConnectorField {
  /** Name of the field in the answer. */
  readonly name: string;
  readonly label: string | null;
  /** As `text`, `password`, `date`, `list`. */
  readonly type: string | null;
  readonly isRequired: boolean;
  /** Pattern that the value must match, or null. */
  readonly regex: string | null;
  /** Choices of a `list`. */
  readonly values: readonly { readonly label: string | null; readonly value: string }[];
}

/**
 * A connection during its setup, with the fields it asks for.
 *
 * @internal
 */
export interface PendingConnection extends PowensConnection {
  readonly fields: readonly ConnectorField[];
}

interface WireField {
  readonly name?: unknown;
  readonly label?: unknown;
  readonly type?: unknown;
  readonly required?: unknown;
  readonly regex?: unknown;
  readonly values?: unknown;
}

/** Reads a connection with the fields it asks for. Leaves out its message, which may contain a bank's URL with a token. */
export function parsePending(body: unknown): PendingConnection {
  const asked = fields(body)['fields'];
  return { ...parseConnection(body), fields: Array.isArray(asked) ? asked.map(parseField) : [] };
}

/** As {@link parsePending}, of the connection that was asked for by its id: another one's answer is refused. */
export function parsePendingOf(asked: string): (body: unknown) => PendingConnection {
  return (body) => {
    const connection = parsePending(body);
    if (connection.id !== asked) {
      throw new UnexpectedShapeError('id');
    }
    return connection;
  };
}

function parseField(body: unknown): ConnectorField {
  const wire: WireField = fields(body);
  const name = looseText(wire.name);
  if (name === null || name === '') {
    throw new UnexpectedShapeError('fields.name');
  }
  return {
    name,
    label: looseText(wire.label),
    type: word(wire.type),
    isRequired: flag(wire.required, true),
    regex: looseText(wire.regex),
    values: Array.isArray(wire.values) ? wire.values.flatMap(parseChoice) : [],
  };
}

function parseChoice(choice: unknown): ConnectorField['values'] {
  const { label, value } = isRecord(choice) ? fields(choice) : { label: null, value: choice };
  const text = rawText(value);
  return text === null ? [] : [{ label: looseText(label), value: text }];
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * Reads the URL of a bank, to which the end user's browser is redirected.
 *
 * @param allowLoopback - in development, where the API itself is on loopback
 * @throws UnexpectedShapeError for anything but https, or http on loopback where that is allowed
 */
export function parseBankUrl(body: unknown, allowLoopback: boolean): string {
  const { url } = fields(body);
  const parsed = typeof url === 'string' && url.length <= 8192 && URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || !isSafe(parsed, allowLoopback)) {
    throw new UnexpectedShapeError('url');
  }
  return parsed.href;
}

function isSafe({ protocol, hostname, username, password }: URL, allowLoopback: boolean): boolean {
  const isPlain = username === '' && password === '';
  return (
    isPlain && (protocol === 'https:' || (allowLoopback && protocol === 'http:' && LOOPBACK.test(hostname)))
  );
}
