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

/**
 * The data of a `connection.created` event, beside its ids.
 *
 * @public
 */
export interface ConnectionCreatedData {
  readonly connectorUuid: string | null;
  readonly connectorName: string | null;
  /** Powens' word for the state, or null when there is no problem. */
  readonly state: string | null;
  /** Who acted for the owner, as the owner resolver named them; null when it names only an owner. */
  readonly connectedBy: string | null;
  /** What the application gave to `ConnectionsService.start`. */
  readonly metadata: Readonly<Record<string, string>>;
  /**
   * Ids of the owner's other connections with the same connector: a second login at that bank, or the same one twice.
   * It is not refused, since only the owner knows which of the two it is.
   */
  readonly sameConnectorAs: readonly string[];
}

/**
 * The data of a `connection.synced` event.
 *
 * @public
 */
export interface ConnectionSyncedData {
  /** Powens' date of the synchronisation, ISO 8601 in UTC; null when it gives none. Data may arrive in parts that share a date. */
  readonly lastSyncedAt: string | null;
  /** Powens' word for the outcome; null on success. */
  readonly state: string | null;
  /** Pass the event to `WebhookPayloads` to read what Powens sent with it; null when there was no webhook, or its body was not kept. */
  readonly webhookId: string | null;
}

/**
 * The data of a `connection.silent` event.
 *
 * @public
 */
export interface ConnectionSilentData {
  /** ISO 8601, UTC; null when it was never synchronised. */
  readonly lastSyncedAt: string | null;
}

/**
 * The data of an `attempt.failed` event.
 *
 * @public
 */
export interface AttemptFailedData {
  /** `connect`, `reconnect` or `manage`. */
  readonly flow: string;
  /** `denied`, `failed` or `unknown`. */
  readonly status: string;
  /** Stable code, one of `CONNECTIONS_ERROR_CODES`. */
  readonly error: string;
}

/**
 * The data of a `connection.unconfirmed` event.
 *
 * @public
 */
export interface ConnectionUnconfirmedData extends Pick<
  ConnectionCreatedData,
  'connectorUuid' | 'connectorName' | 'state'
> {
  /** When it is removed at Powens unless it is confirmed, ISO 8601 in UTC; null when it is not. */
  readonly removeAt: string | null;
}

/**
 * The data of an event that a webhook caused: ids and words, never an amount or a name. The rest is in the payload.
 *
 * @public
 */
export interface WebhookData {
  /** Pass the event to `WebhookPayloads` to read what Powens sent with it; null when the body was not kept. */
  readonly webhookId: string | null;
  /** Id of the account or contract at Powens, or null where the event is about all of a connection. */
  readonly powensObjectId: string | null;
  /** Whether the person consents to it; null when the webhook does not contain it. */
  readonly isEnabled: boolean | null;
  /** Powens' word, as `checking`; null when there is none. */
  readonly objectType: string | null;
}

/** The types that only webhooks cause. */
type WebhookEventType =
  'user.created' | 'accounts.fetched' | `account.${string}` | 'subscription.found' | 'subscription.synced';

/** The `data` of each type; types without an entry have individual properties. */
interface EventData {
  'connection.created': ConnectionCreatedData;
  'connection.unconfirmed': ConnectionUnconfirmedData;
  'connection.silent': ConnectionSilentData;
  'connection.synced': ConnectionSyncedData;
  'attempt.failed': AttemptFailedData;
}

type DataOf<T extends ConnectionEventType> = T extends keyof EventData
  ? EventData[T]
  : T extends WebhookEventType
    ? WebhookData
    : Readonly<Record<string, unknown>>;

/**
 * A change, delivered at least once, in order per connection. Deduplicate by `id`. Never holds a secret.
 *
 * @public
 */
export interface ConnectionEvent<T extends ConnectionEventType = ConnectionEventType> {
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

/** @public */
export type ConnectionCreatedEvent = ConnectionEvent<'connection.created'>;

/** @public */
export type AttemptFailedEvent = ConnectionEvent<'attempt.failed'>;
