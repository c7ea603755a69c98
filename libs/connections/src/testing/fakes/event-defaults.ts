import { v7 as newId } from 'uuid';
import type { ConnectionEvent, ConnectionEventType } from '../../events/index.js';

/** What a test says about an event; the rest is filled in. */
export type GivenEvent<T extends ConnectionEventType> = Partial<Omit<ConnectionEvent<T>, 'type' | 'data'>> & {
  readonly ownerId: string;
  readonly data?: Partial<ConnectionEvent<T>['data']>;
};

const WEBHOOK = { webhookId: null, powensObjectId: null, isEnabled: null, objectType: null };

const BANK = { connectorUuid: null, connectorName: 'Connecteur de test', state: null };

/** The `data` of the types that have one of their own. */
const DATA: Readonly<Partial<Record<ConnectionEventType, object>>> = {
  'connection.created': { ...BANK, connectedBy: null, metadata: {}, sameConnectorAs: [] },
  'connection.unconfirmed': { ...BANK, removeAt: null },
  'connection.synced': { lastSyncedAt: null, state: null, webhookId: null },
  'connection.silent': { lastSyncedAt: null },
  'attempt.failed': { flow: 'connect', status: 'failed', error: 'internal' },
};

/** A whole event, as the relay delivers it. */
export function eventOf<T extends ConnectionEventType>(
  type: T,
  instance: string,
  given: GivenEvent<T>,
): ConnectionEvent<T> {
  const isWebhook = /^(user\.created|accounts|account|subscription)/.test(type);
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
    data: { ...(isWebhook ? WEBHOOK : DATA[type]), ...given.data } as ConnectionEvent<T>['data'],
  };
}
