// Published as `nestjs-powens-connections/brokers`: publishers for the option `events.publisher`. Each works with a client object of the
// application; this package depends on no client.

export { BullMqPublisher, type BullMqQueue } from './bullmq.publisher.js';
export {
  ClientProxyPublisher,
  type ClientProxyPublisherOptions,
  type EmittingClient,
} from './client-proxy.publisher.js';
export { cloudEvents, type CloudEvent, type CloudEventsOptions } from './cloud-events.js';
export type {
  RabbitMqChannel,
  RabbitMqMessageOptions,
  RabbitMqReturnedMessage,
} from './confirming-channel.js';
export type { BrokerPublisherOptions, EncodedEvent, EventEncoding } from './event-encoding.js';
export {
  KafkaPublisher,
  type KafkaMessage,
  type KafkaProducer,
  type KafkaPublisherOptions,
} from './kafka.publisher.js';
export {
  NatsJetStreamPublisher,
  type JetStreamClient,
  type NatsHeaders,
  type NatsJetStreamPublisherOptions,
} from './nats-jetstream.publisher.js';
export { RabbitMqPublisher, type RabbitMqPublisherOptions } from './rabbitmq.publisher.js';
