import { SANDBOX_CHOICES } from '../sandbox.choices.js';
import type { ConnectionRecord, SourceRecord } from '../store/records.js';

const NIGHT_MS = SANDBOX_CHOICES.nightlySyncSeconds * 1000;

/** A connection and its sources after time has passed. */
export interface ConnectionLife {
  connection: ConnectionRecord;
  sources: SourceRecord[];
  /** A consent has ended: the person must authenticate again. */
  hasConsentEnded: boolean;
}

/**
 * The connection after time has passed: synchronised each night while its state is null, until a consent ends. Undefined when
 * nothing happened.
 *
 * @see protocol notes, section 6
 */
export function advanceConnection(
  connection: ConnectionRecord,
  sources: readonly SourceRecord[],
  now: number,
): ConnectionLife | undefined {
  if (connection.state !== null || !connection.active || connection.nextTry === null) {
    return undefined;
  }
  const consentEnd = earliestConsentEnd(sources);
  const hasConsentEnded = consentEnd <= now;
  const synced = afterNights(connection, Math.min(now, consentEnd));
  if (synced === connection && !hasConsentEnded) {
    return undefined;
  }
  return { connection: synced, sources: sources.map((source) => follow(source, synced)), hasConsentEnded };
}

function earliestConsentEnd(sources: readonly SourceRecord[]): number {
  const enabled = sources.filter((source) => source.disabledAt === null);
  return Math.min(Infinity, ...enabled.map((source) => source.accessExpire ?? Infinity));
}

/** Every night until then, at once. */
function afterNights(connection: ConnectionRecord, until: number): ConnectionRecord {
  const next = connection.nextTry ?? Infinity;
  if (next > until) {
    return connection;
  }
  const last = next + Math.floor((until - next) / NIGHT_MS) * NIGHT_MS;
  return { ...connection, lastUpdate: last, lastSyncAt: last, nextTry: last + NIGHT_MS };
}

function follow(source: SourceRecord, connection: ConnectionRecord): SourceRecord {
  return { ...source, lastUpdate: connection.lastUpdate, nextTry: connection.nextTry };
}
