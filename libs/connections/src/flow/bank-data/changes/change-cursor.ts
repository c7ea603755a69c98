import { digestOf } from '../../../custody/crypto/digest.js';
import { ConnectionsError } from '../../../errors/index.js';
import { isPowensId } from '../../../powens/wire-values.js';
import type { Owner } from '../../../values/owner.js';

/** How far a host has read the transactions of an owner. */
export interface ReadSoFar {
  /** When the last complete read began, milliseconds since the epoch; null before the first one. */
  readonly at: number | null;
  /** Ids of the accounts that were read; a digest of them where they are too many for a cursor. */
  readonly accounts: readonly string[] | string;
}

/** Nothing was read yet. */
export const NOTHING_READ: ReadSoFar = { at: null, accounts: [] };

const VERSION = 1;

/** Characters of a cursor: about 700 accounts are named in it, more are known by their digest. */
const MAX_CURSOR = 10_000;

/**
 * Writes a cursor: a text that is opaque to the host, and valid for this owner only. It names the owner, which finds a mistake of the
 * host, and holds no secret.
 */
export function cursorOf(owner: Owner, { at, accounts }: ReadSoFar): string {
  const written = (ids: ReadSoFar['accounts']): string =>
    Buffer.from(JSON.stringify([VERSION, owner.tenant, owner.id, at, ids])).toString('base64url');
  const whole = written(accounts);
  return whole.length <= MAX_CURSOR || typeof accounts === 'string' ? whole : written(digestOfAll(accounts));
}

/**
 * Reads a cursor that the host stored.
 *
 * @throws ConnectionsError `invalid_request` for anything else than a cursor of this owner
 */
export function parseCursor(owner: Owner, cursor: string | undefined): ReadSoFar {
  if (cursor === undefined) {
    return NOTHING_READ;
  }
  const [version, tenant, id, at, accounts] = partsOf(cursor);
  const isOwn = version === VERSION && tenant === owner.tenant && id === owner.id;
  const isTime = at === null || (typeof at === 'number' && Number.isSafeInteger(at) && at >= 0);
  if (!isOwn || !isTime || !isAccounts(accounts)) {
    throw new ConnectionsError(
      'invalid_request',
      'The cursor is none of this owner. Pass the cursor of the last page that was stored, or none to read everything.',
    );
  }
  return { at, accounts };
}

/**
 * Which of these accounts were read. A digest stands for all of its accounts: where one was added or left since, all of them count as
 * not read, and are read whole once more.
 */
export function wasRead({ at, accounts }: ReadSoFar, now: readonly string[]): (id: string) => boolean {
  if (typeof accounts === 'string') {
    const isSame = accounts === digestOfAll(now);
    return () => isSame;
  }
  const read = new Set(at === null ? [] : accounts);
  return (id) => read.has(id);
}

/** Of a set of accounts, whatever order they are listed in. */
function digestOfAll(accounts: readonly string[]): string {
  return digestOf([...accounts].sort().join());
}

function partsOf(cursor: unknown): unknown[] {
  if (typeof cursor !== 'string' || cursor.length > MAX_CURSOR) {
    return [];
  }
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(parts) ? (parts as unknown[]) : [];
  } catch {
    return [];
  }
}

function isAccounts(value: unknown): value is ReadSoFar['accounts'] {
  return Array.isArray(value)
    ? value.every((id) => typeof id === 'string' && isPowensId(id))
    : typeof value === 'string';
}
