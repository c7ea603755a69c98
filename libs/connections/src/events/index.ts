export {
  CONNECTION_EVENT_TYPES,
  type AttemptFailedData,
  type AttemptFailedEvent,
  type ConnectionCreatedData,
  type ConnectionCreatedEvent,
  type ConnectionEvent,
  type ConnectionEventType,
  type ConnectionSilentData,
  type ConnectionSyncedData,
  type ConnectionUnconfirmedData,
  type WebhookData,
} from './connection-event.js';
export {
  ANY_TYPE,
  handlerName,
  OnConnectionEvent,
  type OnConnectionEventOptions,
} from './on-connection-event.decorator.js';
