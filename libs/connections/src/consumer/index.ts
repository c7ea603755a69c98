// Published as `nestjs-powens-connections/consumer`: events that another application published to a broker. It works with a client
// object of the application; this package depends on no client.

export { EVENT_CONSUMER_ENTITIES, EVENT_CONSUMER_MIGRATIONS } from './database/index.js';
export {
  OnConnectionEventInTransaction,
  type TransactionHandlerDecorator,
} from './handlers/on-connection-event-in-transaction.decorator.js';
export { EventConsumerModule } from './event-consumer.module.js';
export type { EventConsumerModuleOptions } from './options/consumer-options.js';
export type {
  EventSource,
  EventSubscription,
  MessageReceiver,
  ReceivedMessage,
} from './sources/event-source.js';
export {
  NatsJetStreamEventSource,
  type JetStreamConsumer,
  type NatsJetStreamEventSourceOptions,
} from './sources/nats-jetstream.source.js';
export { type JetStreamMessage, type JetStreamMessages } from './sources/nats-subscription.js';
export type { RabbitMqConsumerChannel, RabbitMqDelivery } from './sources/rabbitmq-channel.js';
export { RabbitMqEventSource, type RabbitMqEventSourceOptions } from './sources/rabbitmq.source.js';
