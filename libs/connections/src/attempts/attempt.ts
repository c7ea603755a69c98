import type { BoundAttempt } from '../values/attempt-binding.js';
import type { ConnectionMetadata } from '../values/metadata.js';
import type { OwnedPowensUser } from '../values/owned-powens-user.js';
import type { Owner } from '../values/owner.js';

/** Which page of the webview an attempt goes through. */
export type AttemptFlow = 'connect' | 'reconnect' | 'manage';

/**
 * Where an attempt stands. Terminal: all but `pending` and `claimed`. `claimed` means that the callback came and is being
 * completed, or will be completed after a process or an answer of Powens was lost; `unknown` that this is not possible any
 * more, since the code was used up and its answer was lost.
 *
 * @public
 */
export type AttemptStatus = 'pending' | 'claimed' | 'connected' | 'denied' | 'failed' | 'expired' | 'unknown';

/** Times that the code of one attempt is sent to Powens at most, whatever is lost (RL-01). */
export const MAX_EXCHANGES = 2;

/** The right to complete an attempt, until another process takes it over. */
export interface AttemptLease {
  readonly id: string;
  /** Fencing token: a process that lost the lease writes nothing. */
  readonly leaseToken: string;
}

/** An attempt that the holder of its lease, and no other process, may complete. */
export interface ClaimedAttempt extends AttemptLease {
  readonly owner: Owner;
  readonly flow: AttemptFlow;
  readonly expectsCode: boolean;
  readonly redirectUri: string;
  readonly returnTo: string | null;
  readonly connectionId: string | null;
  readonly metadata: ConnectionMetadata;
  readonly createdAt: Date;
  /** Null while the owner has no Powens user. */
  readonly account: OwnedPowensUser | null;
  /** The row as it was read, with what authenticates it: checked before anything is done with it. */
  readonly bound: BoundAttempt;
  /** What the callback brought when it was taken, stored with the claim. */
  readonly claim: AttemptClaim;
}

/** What was stored when a callback claimed its attempt: all that is needed to complete it later. */
export interface AttemptClaim {
  /** Number of the exchange that this claim may make; above {@link MAX_EXCHANGES} it may make none. 0 without a code. */
  readonly exchange: number;
  /** Times that the completion was put off. */
  readonly postponed: number;
  /** Seconds since the attempt was issued, by the database's clock. */
  readonly ageSeconds: number;
  /** Ids that the callback named: a claim, not a fact (OA-14). */
  readonly connectionIds: readonly string[];
  /** Error of the callback, or {@link ABANDONED}, or null. */
  readonly error: string | null;
  /** The sealed code; null when there is none any more. */
  readonly sealedCode: string | null;
  /** The sealed token that was obtained for the code before; null when there is none. */
  readonly sealedToken: string | null;
  /** What the sealed code is bound to. */
  readonly codeBinding: CodeBinding;
}

/** What names an attempt before its row is read: its state and its browser, as digests. */
export interface CodeBinding {
  readonly stateHash: Buffer;
  readonly bindingHash: Buffer;
}

/** In place of an error of the callback: the owner was erased, so that nothing may come out of the attempt. */
export const ABANDONED = 'abandoned';

/**
 * An attempt as its owner may see it.
 *
 * @public
 */
export interface Attempt {
  readonly id: string;
  readonly flow: AttemptFlow;
  readonly status: AttemptStatus;
  /** Ids of the connections that came out of it (uuid). */
  readonly connectionIds: readonly string[];
  /** Stable code of what went wrong, or null. */
  readonly error: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly completedAt: Date | null;
}
