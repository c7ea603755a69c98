import type { ConnectionMetadata } from '../values/metadata.js';
import type { OwnerAccount } from '../values/owner-account.js';
import type { Owner } from '../values/owner.js';

/** Which page of the webview an attempt goes through. */
export type AttemptFlow = 'connect' | 'reconnect' | 'manage';

/**
 * Where an attempt stands. Terminal: all but `pending` and `claimed`. `unknown` means that the process disappeared; where
 * no code was exchanged, opening the callback again still completes it while the attempt lives.
 *
 * @public
 */
export type AttemptStatus = 'pending' | 'claimed' | 'connected' | 'denied' | 'failed' | 'expired' | 'unknown';

/** An attempt that this callback, and no other, may complete. */
export interface ClaimedAttempt {
  readonly id: string;
  readonly owner: Owner;
  readonly flow: AttemptFlow;
  readonly expectsCode: boolean;
  readonly redirectUri: string;
  readonly returnTo: string | null;
  readonly connectionId: string | null;
  readonly metadata: ConnectionMetadata;
  readonly createdAt: Date;
  /** Null while the owner has no Powens user. */
  readonly account: OwnerAccount | null;
}

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
