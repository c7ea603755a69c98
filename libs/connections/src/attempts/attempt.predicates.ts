import sql, { type Sql } from 'sql-template-tag';
import type { Owner } from '../values/owner.js';
import { inSeconds } from '../database/sql.js';
import type { AttemptLease } from './attempt.js';

/** Milliseconds for which a callback waits for a database that restarts: its browser may not retry. */
export const CALLBACK_WITHIN_MS = 15_000;

/** A statement whose answer was lost is run again within this time: older leases are not its own. */
export const ANSWER_LOST_SECONDS = 60;

/** What a browser presents at the callback. */
export interface Presented {
  readonly instance: string;
  readonly stateHash: Buffer;
  readonly bindingHash: Buffer;
}

/** Attempts of an owner. */
export function ownedBy(instance: string, owner: Owner): Sql {
  return sql`instance = ${instance} AND tenant = ${owner.tenant} AND owner_id = ${owner.id}`;
}

/**
 * Pending attempts of a browser. `exchanges = 0` is always true for them; it is here to match the predicate of the partial
 * index, which only this query may use.
 */
export function startedBy(instance: string, bindingHash: Buffer): Sql {
  return sql`instance = ${instance} AND binding_hash = ${bindingHash} AND status = 'pending' AND exchanges = 0`;
}

/** The attempt that a browser's state belongs to. */
export function presentedBy(presented: Presented): Sql {
  return sql`${ofState(presented)} AND binding_hash = ${presented.bindingHash}`;
}

/** The attempt that a state belongs to, in whichever browser. */
export function ofState({ instance, stateHash }: Pick<Presented, 'instance' | 'stateHash'>): Sql {
  return sql`instance = ${instance} AND state_hash = ${stateHash}`;
}

/** The claim that a lease holds. */
export function heldBy({ id, leaseToken }: AttemptLease): Sql {
  return sql`id = ${id} AND lease_token = ${leaseToken} AND status = 'claimed'`;
}

/** The lease that a claim takes. */
export interface Lease {
  readonly leaseToken: string;
  readonly leaseSeconds: number;
}

/** Assignments that end an attempt. */
export const ended = sql`sealed_code = NULL, sealed_token = NULL, claimed_ids = NULL, lease_token = NULL,
  lease_expires_at = NULL, completed_at = now()`;

/**
 * Takes the lease. An exchange is counted before the code is sent, since a process that dies cannot count it afterwards; once
 * per lease, since the statement runs again when its answer was lost.
 */
export function leased({ leaseToken, leaseSeconds }: Lease): Sql {
  return sql`exchanges = exchanges + CASE
      WHEN expects_code AND sealed_token IS NULL AND lease_token IS DISTINCT FROM ${leaseToken}::uuid THEN 1 ELSE 0 END,
    lease_token = ${leaseToken}, lease_expires_at = ${inSeconds(leaseSeconds)}`;
}

/** The statement took effect, and its answer was lost. */
export function alreadyClaimed({ leaseToken }: Lease): Sql {
  return sql`(status = 'claimed' AND lease_token = ${leaseToken})`;
}
