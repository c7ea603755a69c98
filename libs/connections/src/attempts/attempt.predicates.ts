import sql, { type Sql } from 'sql-template-tag';
import type { Owner } from '../values/owner.js';

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
