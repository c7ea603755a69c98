import type {
  ConnectionActionRequiredData,
  ConnectionCreatedData,
  ConnectionDeletedData,
  ConnectionExpiringData,
  ConnectionReconnectedData,
  ConnectionRecoveredData,
  ConnectionSilentData,
  ConnectionSyncedData,
  ConnectionUnconfirmedData,
  WebhookData,
} from './event-data.js';
import type { AttemptFailedData, UserDeletedData } from './owner-event-data.js';

/**
 * Every type of event, past tense.
 *
 * @public
 */
export const CONNECTION_EVENT_TYPES = [
  /** A connection exists and belongs to the owner. Its data may still be synchronising. */
  'connection.created',
  /** The owner repaired a connection. */
  'connection.reconnected',
  /** A synchronisation ended: see `data.state`. Each webhook with data has an event of its own. */
  'connection.synced',
  /** The connection needs something: see `data.requiredAction`. */
  'connection.action_required',
  /** The connection works again, or was found again after it was reported as deleted (`data.reason: 'reappeared'`), under its old id. */
  'connection.recovered',
  /** The consent ends soon. */
  'connection.expiring',
  /** No problem is reported for the connection, but it is no longer synchronised. */
  'connection.silent',
  /** The connection no longer exists, at Powens and here. */
  'connection.deleted',
  /** The owner's Powens user no longer exists, nor does anything it had. */
  'user.deleted',
  /** An attempt ended without a connection. */
  'attempt.failed',
  /** A connection was found at Powens that no callback of the owner's browser confirmed: see `unconfirmedConnections`. */
  'connection.unconfirmed',
  /** Powens made the owner's user permanent. */
  'user.created',
  /** The accounts of a connection were read, transactions not yet. */
  'accounts.fetched',
  /** A new account was discovered. It has no data before the person consents to it. */
  'account.found',
  /** The person consented to an account. */
  'account.enabled',
  /** The person took the consent to an account back. */
  'account.disabled',
  /** One account was processed. */
  'account.synced',
  /** The owners of accounts were read. */
  'account.ownerships_found',
  /** Files of a transaction were found, as receipts: `data.powensObjectId` is the transaction, `attachments()` of the bank data reads them. */
  'transaction.attachments_found',
  /** A new contract of a billing provider was discovered. */
  'subscription.found',
  /** A contract was processed, with its documents. */
  'subscription.synced',
] as const;

/**
 * The type of an event.
 *
 * @public
 */
export type ConnectionEventType = (typeof CONNECTION_EVENT_TYPES)[number];

/** The data of each type. */
interface EventData {
  'connection.created': ConnectionCreatedData;
  'connection.reconnected': ConnectionReconnectedData;
  'connection.synced': ConnectionSyncedData;
  'connection.action_required': ConnectionActionRequiredData;
  'connection.recovered': ConnectionRecoveredData;
  'connection.expiring': ConnectionExpiringData;
  'connection.silent': ConnectionSilentData;
  'connection.deleted': ConnectionDeletedData;
  'connection.unconfirmed': ConnectionUnconfirmedData;
  'user.deleted': UserDeletedData;
  'attempt.failed': AttemptFailedData;
}

/**
 * The types that only webhooks cause.
 *
 * @internal
 */
export type WebhookEventType = Exclude<ConnectionEventType, keyof EventData>;

type DataOf<T extends ConnectionEventType> = T extends keyof EventData ? EventData[T] : WebhookData;

/**
 * A change, delivered at least once, in order per connection. Deduplicate by `id`. Never holds a secret. A union with one member
 * per type: `switch (event.type)` narrows `event.data`.
 *
 * @public
 */
export type ConnectionEvent<T extends ConnectionEventType = ConnectionEventType> = {
  [One in T]: ConnectionEventOf<One>;
}[T];

/**
 * An event of one type.
 *
 * @public
 */
export interface ConnectionEventOf<T extends ConnectionEventType> {
  /** uuidv7; the idempotency key. */
  readonly id: string;
  readonly type: T;
  /** Version of this shape. */
  readonly version: 1;
  /** ISO 8601, UTC. */
  readonly occurredAt: string;
  /** Name of the registration that it happened in: option `instance`, `'default'` when the host set none. */
  readonly instance: string;
  readonly ownerId: string;
  /** `''` when the host has no tenants. */
  readonly tenant: string;
  readonly attemptId: string | null;
  /** Id of the connection here (uuid). */
  readonly connectionId: string | null;
  /** Id of the connection at Powens, as a string. */
  readonly powensConnectionId: string | null;
  /** Id of the user at Powens, as a string. */
  readonly powensUserId: string | null;
  readonly data: DataOf<T>;
}

/**
 * What distinguishes events of these types from others.
 *
 * @internal
 */
export type EventContent<T extends ConnectionEventType> = {
  [One in T]: Pick<ConnectionEventOf<One>, 'type' | 'data'>;
}[T];

/** @public */
export type ConnectionCreatedEvent = ConnectionEvent<'connection.created'>;

/** @public */
export type AttemptFailedEvent = ConnectionEvent<'attempt.failed'>;
