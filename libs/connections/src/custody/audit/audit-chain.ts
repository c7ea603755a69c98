import { v7 as uuidv7 } from 'uuid';
import { CustodyError } from '../../errors/index.js';
import type { AuditEntry } from '../../options/audit.interface.js';
import type { KeyRing } from '../crypto/key-ring.js';
import {
  authenticateEntry,
  authenticateHead,
  identityHash,
  identityOf,
  isAuthenticHead,
} from './audit-authenticator.js';
import type { ChainEnd } from './audit.repository.js';
import type { AuditHead, AuditRow } from './audit.rows.js';

/** An entry on its way, with the id of its row. */
export interface QueuedEntry {
  readonly id: string;
  readonly entry: AuditEntry;
}

/** What a chain is extended by. */
export interface Extension {
  readonly instance: string;
  readonly entries: readonly QueuedEntry[];
  readonly ring: KeyRing;
}

/** Written when the end of the chain is not as it was left: appending to it must not hide that. */
export const INTERRUPTED = 'audit.interrupted';
/** Written in place of entries that could not be kept; how many stands behind it. */
export const DROPPED = 'audit.dropped';

/** Makes the rows that follow the end of a chain. */
export function chainFrom(
  end: ChainEnd,
  { instance, entries, ring }: Extension,
): { readonly rows: readonly AuditRow[]; readonly isInterrupted: boolean } {
  const isInterrupted = entries.length > 0 && !endsAsLeft(end, instance, ring);
  const interruption = { id: uuidv7(), entry: ownEntry(INTERRUPTED, instance, end.nowMs) };
  const all = isInterrupted ? [interruption, ...entries] : entries;
  let position = lastPosition(end);
  let previous = end.last?.mac ?? end.head?.purgedMac ?? '';
  const rows = all.map(({ id, entry }) => {
    position += 1n;
    const owner = identityOf(entry);
    const covered = {
      id,
      position,
      endedMs: Date.parse(entry.at),
      recordedMs: end.nowMs,
      identity: identityHash(owner),
      initiator: entry.initiator,
      operation: entry.operation,
      connectionId: entry.connectionId,
      outcome: entry.outcome,
    };
    const mac = authenticateEntry(covered, { instance, previous }, ring);
    previous = mac;
    return { ...covered, owner, mac, erasureMac: null };
  });
  return { rows, isInterrupted };
}

/** The head after rows were appended. */
export function nextHead(
  { head }: ChainEnd,
  rows: readonly AuditRow[],
  { instance, ring }: Pick<Extension, 'instance' | 'ring'>,
): AuditHead {
  const last = rows.at(-1) as AuditRow;
  return signed(
    {
      position: last.position,
      mac: last.mac,
      purgedPosition: head?.purgedPosition ?? 0n,
      purgedMac: head?.purgedMac ?? '',
    },
    instance,
    ring,
  );
}

/** Authenticates a head. */
export function signed(head: Omit<AuditHead, 'authenticator'>, instance: string, ring: KeyRing): AuditHead {
  return { ...head, authenticator: authenticateHead(head, instance, ring) };
}

/** Whether the chain ends with the row that its head names. A head whose key is gone cannot be checked, and is not held against it. */
export function endsAsLeft({ head, last }: ChainEnd, instance: string, ring: KeyRing): boolean {
  if (head === null) {
    return last === null;
  }
  const isAtEnd =
    last === null
      ? head.position === head.purgedPosition
      : last.position === head.position && last.mac === head.mac;
  try {
    return isAtEnd && isAuthenticHead(head, instance, ring);
  } catch (error) {
    if (error instanceof CustodyError && error.code === 'key_unavailable') {
      return isAtEnd;
    }
    throw error;
  }
}

/** Positions are never used twice, also when rows are missing at the end. */
function lastPosition({ head, last }: ChainEnd): bigint {
  const positions = [head?.position ?? 0n, last?.position ?? 0n];
  return positions.reduce((most, one) => (one > most ? one : most), 0n);
}

/** Makes an entry that concerns no owner. */
export function ownEntry(operation: string, instance: string, nowMs: number): AuditEntry {
  return {
    at: new Date(nowMs).toISOString(),
    instance,
    ownerId: '',
    tenant: '',
    actor: null,
    initiator: 'background',
    operation,
    connectionId: null,
    outcome: 'ok',
  };
}
