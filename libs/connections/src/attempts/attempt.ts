import type { Attempt, AttemptFlow, AttemptStatus } from '../values/attempts/attempt.js';
import type { BoundAttempt } from '../values/attempt-binding.js';
import type { ConnectionMetadata } from '../values/metadata.js';
import type { OwnedPowensUser } from '../values/owned-powens-user.js';
import type { Owner } from '../values/owner.js';

export type { Attempt, AttemptFlow, AttemptStatus };

/** Maximum number of times that the code of one attempt is sent to Powens, whatever is lost (RL-01). */
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
  /** Span of the start, to link to; null without telemetry. */
  readonly traceParent: string | null;
  /** Null while the owner has no Powens user. */
  readonly user: OwnedPowensUser | null;
  /** The row as it was read, with its authenticator, which is checked before the row is used. */
  readonly bound: BoundAttempt;
  /** Values of the callback, stored with the claim. */
  readonly claim: AttemptClaim;
}

/** Stored when a callback claims its attempt: everything needed to complete it later. */
export interface AttemptClaim {
  /** Number of the exchange that this claim may make; above {@link MAX_EXCHANGES} it may make none. 0 without a code. */
  readonly exchange: number;
  /** Number of times that the completion was postponed. */
  readonly postponed: number;
  /** Seconds since the attempt was issued, by the database's clock. */
  readonly ageSeconds: number;
  /** Ids that the callback named: a claim, not a fact (OA-14). */
  readonly connectionIds: readonly string[];
  /** Error of the callback, or {@link ABANDONED}, or null. */
  readonly error: string | null;
  /** The sealed code; null when it is no longer stored. */
  readonly sealedCode: string | null;
  /** The sealed token that was already obtained for the code; null when there is none. */
  readonly sealedToken: string | null;
  /** What the sealed code is bound to. */
  readonly codeBinding: CodeBinding;
}

/** Identifies an attempt before its row is read: digests of its state and of its browser's binding. */
export interface CodeBinding {
  readonly stateHash: Buffer;
  readonly bindingHash: Buffer;
}

/** Stored in place of an error of the callback: the owner was erased, so the attempt must create nothing. */
export const ABANDONED = 'abandoned';
