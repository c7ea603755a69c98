import { ConnectionsError } from '../../errors/index.js';
import { isPowensId } from '../../powens/wire-values.js';
import type { Owner } from '../../values/owner.js';

/** How far a host has read the transactions of an owner. */
export interface ReadSoFar {
  /** When the last complete read began, milliseconds since the epoch; null before the first one. */
  readonly at: number | null;
  /** Ids of the accounts that were read. */
  readonly accounts: readonly string[];
}

/** Nothing was read yet. */
export const NOTHING_READ: ReadSoFar = { at: null, accounts: [] };

const VERSION = 1;
const MAX_CURSOR = 20_000;

/**
 * Writes a cursor: a text that is opaque to the host, and valid for this owner only. It names the owner, which finds a mistake of the
 * host, and holds no secret.
 */
export function cursorOf(owner: Owner, { at, accounts }: ReadSoFar): string {
  return Buffer.from(JSON.stringify([VERSION, owner.tenant, owner.id, at, ...accounts])).toString(
    'base64url',
  );
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
  const [version, tenant, id, at, ...accounts] = partsOf(cursor);
  const isOwn = version === VERSION && tenant === owner.tenant && id === owner.id;
  const isTime = at === null || (typeof at === 'number' && Number.isSafeInteger(at) && at >= 0);
  if (!isOwn || !isTime || !accounts.every(isAccountId)) {
    throw new ConnectionsError(
      'invalid_request',
      'The cursor is none of this owner. Pass the cursor of the last page that was stored, or none to read everything.',
    );
  }
  return { at, accounts };
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

function isAccountId(value: unknown): value is string {
  return typeof value === 'string' && isPowensId(value);
}
