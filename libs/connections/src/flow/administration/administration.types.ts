import type { AttemptStatus } from '../../attempts/attempt.js';
import type { OwnerLike } from '../../options/owner-resolver.interface.js';

/**
 * What a Powens user is found by; all that is given must hold. Without any, every Powens user is listed.
 *
 * @public
 */
export interface UserSearch {
  readonly owner?: OwnerLike;
  /** Id of the user at Powens. */
  readonly powensUserId?: string;
  /** Id of a connection here. */
  readonly connectionId?: string;
  /** Id of a connection at Powens. */
  readonly powensConnectionId?: string;
  /** Id of an attempt. */
  readonly attemptId?: string;
}

/**
 * A connection as operators see it, in any status.
 *
 * @public
 */
export interface ConnectionRecord {
  readonly id: string;
  readonly powensConnectionId: string;
  /** `active`, `unconfirmed`, `deleting` or `gone`. */
  readonly status: string;
  /** State that Powens reports; null when it is well. */
  readonly state: string | null;
  readonly connectorName: string | null;
  readonly createdAt: Date;
  readonly lastSyncedAt: Date | null;
}

/**
 * An attempt as operators see it.
 *
 * @public
 */
export interface AttemptRecord {
  readonly id: string;
  readonly flow: string;
  readonly status: AttemptStatus;
  readonly errorCode: string | null;
  readonly createdAt: Date;
  readonly completedAt: Date | null;
}

/**
 * A Powens user as operators see it: no token and no other secret.
 *
 * @public
 */
export interface UserRecord {
  /** Id of its row. */
  readonly id: string;
  readonly owner: { readonly id: string; readonly tenant: string };
  readonly powensUserId: string | null;
  /** `provisioning`, `active`, `revoking`, `revoked`, `lost`, `forgetting`, `erasing` or `erased`. */
  readonly status: string;
  readonly statusReason: string | null;
  /** Key that seals its token; null without a token. */
  readonly keyId: string | null;
  readonly createdAt: Date;
  /** Last comparison with Powens; null before the first. */
  readonly reconciledAt: Date | null;
  /** The newest 50. */
  readonly connections: readonly ConnectionRecord[];
  /** The newest 10 of its owner. */
  readonly attempts: readonly AttemptRecord[];
}

/**
 * A page of Powens users.
 *
 * @public
 */
export interface UserRecordPage {
  readonly items: readonly UserRecord[];
  /** Opaque; pass it to read the next page. Null on the last one. */
  readonly nextCursor: string | null;
}

/**
 * A webhook that was given up. Its content is not kept.
 *
 * @public
 */
export interface FailedWebhook {
  /** Id to discard it by. */
  readonly id: string;
  readonly event: string;
  /** `parked`: its user was never found here; `dead`: every try to process it failed. */
  readonly status: 'parked' | 'dead';
  readonly errorCode: string | null;
  readonly powensUserId: string | null;
  readonly powensConnectionId: string | null;
  readonly tries: number;
  readonly receivedAt: Date;
}

/**
 * A page of webhooks that were given up.
 *
 * @public
 */
export interface FailedWebhookPage {
  readonly items: readonly FailedWebhook[];
  /** Opaque; pass it to read the next page. Null on the last one. */
  readonly nextCursor: string | null;
}

/**
 * Rows removed because their retention has ended.
 *
 * @public
 */
export interface PurgeReport {
  readonly attempts: number;
  /** Delivered events and dead letters. */
  readonly events: number;
  /** Webhooks, and bodies of webhooks. */
  readonly webhooks: number;
}

/**
 * Options of a purge.
 *
 * @public
 */
export interface PurgeOptions {
  /** Ends the purge after the batch that is under way. */
  readonly signal?: AbortSignal;
  /** Called before the first batch and after each. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}
