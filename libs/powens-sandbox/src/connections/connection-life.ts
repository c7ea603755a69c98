import { SANDBOX_CHOICES } from '../sandbox.choices.js';
import type { ConnectionRecord, SourceRecord } from '../store/records.js';

const NIGHT_MS = SANDBOX_CHOICES.nightlySyncSeconds * 1000;

/** A connection and its sources after time has passed. */
export interface ConnectionLife {
  connection: ConnectionRecord;
  sources: SourceRecord[];
}

/**
 * What became of a connection by now: synchronised each night while it is well, until a consent ends, from when on it
 * asks for a new strong authentication. Undefined when nothing happened.
 *
 * @see powens-protocol.md section 6
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
  const synced = afterNights(connection, Math.min(now, consentEnd));
  const hasEnded = consentEnd <= now;
  if (synced === connection && !hasEnded) {
    return undefined;
  }
  return hasEnded
    ? ended(synced, sources, now)
    : { connection: synced, sources: sources.map((one) => follow(one, synced)) };
}

function earliestConsentEnd(sources: readonly SourceRecord[]): number {
  const ends = sources
    .filter((source) => source.disabledAt === null)
    .map((source) => source.accessExpire ?? Infinity);
  return Math.min(Infinity, ...ends);
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

function ended(connection: ConnectionRecord, sources: readonly SourceRecord[], now: number): ConnectionLife {
  return {
    connection: { ...connection, state: 'SCARequired', errorMessage: null, nextTry: null },
    sources: sources.map((source) =>
      source.accessExpire !== null && source.accessExpire <= now
        ? { ...follow(source, connection), state: 'SCARequired', nextTry: null }
        : follow(source, connection),
    ),
  };
}
