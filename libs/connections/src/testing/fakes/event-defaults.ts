import { v7 as newId } from 'uuid';
import type {
  ConnectionEvent,
  ConnectionEventOf,
  ConnectionEventType,
  WebhookEventType,
} from '../../events/index.js';

/** The parts that all types have in common. */
type CommonParts = Partial<Omit<ConnectionEventOf<ConnectionEventType>, 'type' | 'data'>> & {
  readonly ownerId: string;
};

/**
 * What a test says about an event; the rest is filled in.
 *
 * @public
 */
export type GivenEvent<T extends ConnectionEventType> = CommonParts & {
  readonly data?: Partial<ConnectionEventOf<T>['data']>;
};

const BANK = { connectorUuid: null, connectorName: 'Connecteur de test', state: null };

const WEBHOOK = { webhookId: null, powensObjectId: null, isEnabled: null, objectType: null };

/** The `data` of each type, but for those that only webhooks cause. */
const DATA: { readonly [T in Exclude<ConnectionEventType, WebhookEventType>]: ConnectionEventOf<T>['data'] } =
  {
    'connection.created': { ...BANK, connectedBy: null, metadata: {}, sameConnectorAs: [] },
    'connection.reconnected': { state: null },
    'connection.synced': { lastSyncedAt: null, state: null, webhookId: null },
    'connection.action_required': { state: 'wrongpass', requiredAction: 'reconnect', previousState: null },
    'connection.recovered': { previousState: 'wrongpass' },
    'connection.expiring': { expiresAt: null },
    'connection.silent': { lastSyncedAt: null },
    'connection.deleted': { reason: 'requested' },
    'connection.unconfirmed': { ...BANK, removeAt: null },
    'user.deleted': {},
    'attempt.failed': { flow: 'connect', status: 'failed', error: 'internal_error' },
  };

/** A whole event, as the relay delivers it. Its data belongs to its type, which the callers check. */
export function eventOf(
  type: ConnectionEventType,
  instance: string,
  given: CommonParts & { readonly data?: unknown },
): ConnectionEvent {
  const defaults: object = Object.hasOwn(DATA, type) ? DATA[type as keyof typeof DATA] : WEBHOOK;
  return {
    id: newId(),
    version: 1,
    occurredAt: new Date().toISOString(),
    instance,
    tenant: '',
    attemptId: null,
    connectionId: null,
    powensConnectionId: null,
    powensUserId: null,
    ...given,
    type,
    data: { ...defaults, ...(given.data as object | undefined) },
  } as ConnectionEvent;
}
