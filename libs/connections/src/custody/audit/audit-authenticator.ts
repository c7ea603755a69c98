import { createHash, randomBytes } from 'node:crypto';
import type { AuditEntry } from '../../options/audit.interface.js';
import type { KeyRing } from '../crypto/key-ring.js';
import { lengthPrefixed } from '../crypto/length-prefixed.js';
import { macOf, verifyMac, type MacFormat } from '../crypto/mac.js';
import type { AuditHead, AuditRow, Identity } from './audit.rows.js';

const ROW: MacFormat = { version: 'au1', use: 'powens-audit' };
const HEAD: MacFormat = { version: 'ah1', use: 'powens-audit-head' };
const ERASURE: MacFormat = { version: 'ae1', use: 'powens-audit-erasure' };

const SALT_BYTES = 16;

/** Makes the columns that identify people. The salt is random, so that their hash reveals nothing once they are removed. */
export function identityOf({ tenant, ownerId, actor }: AuditEntry): Identity {
  return { salt: randomBytes(SALT_BYTES).toString('base64url'), tenant, ownerId, actor };
}

/** Hash that stands for the people of a row: its authenticator covers the hash, so that they can be removed. */
export function identityHash({ salt, tenant, ownerId, actor }: Identity): string {
  return createHash('sha256')
    .update(lengthPrefixed([salt, tenant, ownerId, optional(actor)]))
    .digest('base64url');
}

type Covered = Omit<AuditRow, 'mac' | 'owner' | 'erasureMac'>;

/**
 * Authenticates a row and its place: a person who can write to the table but lacks the keys can neither add, change, move nor replace one.
 *
 * @param previous - authenticator of the row before; empty for the first one
 */
export function authenticateEntry(row: Covered, place: AuditPlace, ring: KeyRing): string {
  return macOf(ROW, fieldsOf(row, place), ring);
}

/** The chain of an instance, and the row before in it. */
export interface AuditPlace {
  readonly instance: string;
  readonly previous: string;
}

/** @throws CustodyError `key_unavailable` when the ring lacks the key of the row */
export function isAuthentic(row: AuditRow, place: AuditPlace, ring: KeyRing): boolean {
  if (verifyMac(row.mac, ROW, fieldsOf(row, place), ring) === null) {
    return false;
  }
  return row.owner === null
    ? verifyMac(row.erasureMac, ERASURE, [place.instance, row.id], ring) !== null
    : identityHash(row.owner) === row.identity;
}

/** Proves that this library removed the people of a row. */
export function authenticateErasure(instance: string, id: string, ring: KeyRing): string {
  return macOf(ERASURE, [instance, id], ring);
}

/** Authenticates both ends of a chain: rows that are missing at either are noticed. */
export function authenticateHead(
  head: Omit<AuditHead, 'authenticator'>,
  instance: string,
  ring: KeyRing,
): string {
  return macOf(HEAD, headFields(head, instance), ring);
}

/** @throws CustodyError `key_unavailable` when the ring lacks the key of the head */
export function isAuthenticHead(head: AuditHead, instance: string, ring: KeyRing): boolean {
  return verifyMac(head.authenticator, HEAD, headFields(head, instance), ring) !== null;
}

/** The order is part of the format: it may never change under this version. */
function fieldsOf(row: Covered, { instance, previous }: AuditPlace): readonly string[] {
  return [
    instance,
    row.position.toString(),
    previous,
    row.id,
    String(row.endedMs),
    String(row.recordedMs),
    row.identity,
    row.initiator,
    row.operation,
    optional(row.connectionId),
    row.outcome,
  ];
}

function headFields(
  { position, mac, purgedPosition, purgedMac }: Omit<AuditHead, 'authenticator'>,
  instance: string,
): readonly string[] {
  return [instance, position.toString(), mac, purgedPosition.toString(), purgedMac];
}

/** An absent text differs from an empty one. */
function optional(text: string | null): string {
  return text === null ? '' : `=${text}`;
}
