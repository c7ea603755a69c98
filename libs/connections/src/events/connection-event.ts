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
  /** A synchronisation ended well. */
  'connection.synced',
  /** The connection needs something: see `data.requiredAction`. */
  'connection.action_required',
  /** The connection works again. */
  'connection.recovered',
  /** The consent ends soon. */
  'connection.expiring',
  /** The connection is gone, at Powens and here. */
  'connection.deleted',
  /** The owner's Powens user is gone with everything it had. */
  'user.deleted',
  /** An attempt ended without a connection. */
  'attempt.failed',
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

/** The `data` of each type; types without an entry carry `{}` so far. */
interface EventData {
  'connection.created': ConnectionCreatedData;
  'attempt.failed': AttemptFailedData;
}

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
  readonly data: T extends keyof EventData ? EventData[T] : Readonly<Record<string, unknown>>;
}

/** @public */
export type ConnectionCreatedEvent = ConnectionEvent<'connection.created'>;

/** @public */
export type AttemptFailedEvent = ConnectionEvent<'attempt.failed'>;
