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
  /** A synchronisation ended: see `data.state`. Each webhook that brings data is told by one of its own. */
  'connection.synced',
  /** The connection needs something: see `data.requiredAction`. */
  'connection.action_required',
  /** The connection works again, or came back after it was told as deleted (`data.reason: 'reappeared'`), under its old id. */
  'connection.recovered',
  /** The consent ends soon. */
  'connection.expiring',
  /** Nothing is said to be wrong with the connection, and yet it is not synchronised any more. */
  'connection.silent',
  /** The connection is gone, at Powens and here. */
  'connection.deleted',
  /** The owner's Powens user is gone with everything it had. */
  'user.deleted',
  /** An attempt ended without a connection. */
  'attempt.failed',
  /** A connection was seen at Powens that no callback of the owner's browser confirmed: see `unconfirmedConnections`. */
  'connection.unconfirmed',
  /** Powens made the owner's user permanent. */
  'user.created',
  /** The accounts of a connection were read, transactions not yet. */
  'accounts.fetched',
  /** A new account was discovered. It gives no data before the person consents to it. */
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
 * What a `connection.created` event tells beside its ids.
 *
 * @public
 */
export interface ConnectionCreatedData {
  readonly connectorUuid: string | null;
  readonly connectorName: string | null;
  /** Powens' word for the state, or null when all is well. */
  readonly state: string | null;
  /** Who acted for the owner, as the owner resolver named them; null when it names only owners. */
  readonly connectedBy: string | null;
  /** What the application gave to `ConnectionsService.start`. */
  readonly metadata: Readonly<Record<string, string>>;
  /**
   * Ids of the owner's other connections with the same connector: a second login at that bank, or the same one twice.
   * Nothing is refused for it, which of the two it is only the owner knows.
   *
   * @see F6
   */
  readonly sameConnectorAs: readonly string[];
}

/**
 * What a `connection.synced` event tells.
 *
 * @public
 */
export interface ConnectionSyncedData {
  /** Powens' date of the synchronisation, ISO 8601 in UTC; null where it gives none. Data may come in parts that share a date. */
  readonly lastSyncedAt: string | null;
  /** Powens' word for how it ended; null when it ended well. */
  readonly state: string | null;
  /** Give the event to `WebhookPayloads` to read what Powens sent with it; null when nothing came, or it was not kept. */
  readonly webhookId: string | null;
}

/**
 * What a `connection.silent` event tells.
 *
 * @public
 */
export interface ConnectionSilentData {
  /** ISO 8601, UTC; null when it was never synchronised. */
  readonly lastSyncedAt: string | null;
}

/**
 * What an `attempt.failed` event tells.
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
 * What a `connection.unconfirmed` event tells.
 *
 * @public
 */
export interface ConnectionUnconfirmedData extends Pick<
  ConnectionCreatedData,
  'connectorUuid' | 'connectorName' | 'state'
> {
  /** When it is removed at Powens unless somebody confirms it, ISO 8601 in UTC; null when it is not. */
  readonly removeAt: string | null;
}

/**
 * What an event tells that came by a webhook: ids and words, never an amount or a name. The rest is in the payload.
 *
 * @public
 */
export interface WebhookData {
  /** Give the event to `WebhookPayloads` to read what Powens sent with it; null when the body was not kept. */
  readonly webhookId: string | null;
  /** Id of the account or contract at Powens, or null where the event is about all of a connection. */
  readonly powensObjectId: string | null;
  /** Whether the person consents to it; null where the webhook does not say. */
  readonly isEnabled: boolean | null;
  /** Powens' word, as `checking`; null where there is none. */
  readonly objectType: string | null;
}

/** The types that only webhooks tell of. */
type WebhookEventType =
  'user.created' | 'accounts.fetched' | `account.${string}` | 'subscription.found' | 'subscription.synced';

/** The `data` of each type; types without an entry carry words of their own. */
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
 * What happened, told at least once, in order per connection. Deduplicate by `id`. Never holds a secret.
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
