import { v7 as newId } from 'uuid';
import type { ConnectionEventOf, ConnectionEventType, WebhookEventType } from '../../events/index.js';

/** What a test says about an event; the rest is filled in. */
export type GivenEvent<T extends ConnectionEventType> = Partial<
  Omit<ConnectionEventOf<T>, 'type' | 'data'>
> & {
  readonly ownerId: string;
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
    'attempt.failed': { flow: 'connect', status: 'failed', error: 'internal' },
  };

/** A whole event, as the relay delivers it. */
export function eventOf<T extends ConnectionEventType>(
  type: T,
  instance: string,
  given: GivenEvent<T>,
): ConnectionEventOf<T> {
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
    data: { ...defaults, ...given.data } as ConnectionEventOf<T>['data'],
  };
}
