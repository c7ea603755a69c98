export {
  CONNECTION_EVENT_TYPES,
  type AttemptFailedEvent,
  type ConnectionCreatedEvent,
  type ConnectionEvent,
  type ConnectionEventOf,
  type ConnectionEventType,
  type EventContent,
  type WebhookEventType,
} from './connection-event.js';
export type {
  ConnectionActionRequiredData,
  ConnectionCreatedData,
  ConnectionDeletedData,
  ConnectionExpiringData,
  ConnectionReconnectedData,
  ConnectionRecoveredData,
  ConnectionSilentData,
  ConnectionSyncedData,
  ConnectionUnconfirmedData,
  RequiredAction,
  WebhookData,
} from './event-data.js';
export type { AttemptFailedData, UserDeletedData } from './owner-event-data.js';
export { orderKeyOf } from './order-key.js';
export { ANY_TYPE } from './registered-handlers.js';
export {
  OnConnectionEvent,
  type ConnectionEventHandlerDecorator,
  type OnConnectionEventOptions,
} from './on-connection-event.decorator.js';
