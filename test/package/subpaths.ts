/** What the subpath `brokers` exports. */
export const BROKERS: readonly string[] = [
  'BrokerPublisherOptions',
  'BullMqPublisher',
  'BullMqQueue',
  'ClientProxyPublisher',
  'ClientProxyPublisherOptions',
  'CloudEvent',
  'CloudEventsOptions',
  'EmittingClient',
  'EncodedEvent',
  'EventEncoding',
  'JetStreamClient',
  'KafkaMessage',
  'KafkaProducer',
  'KafkaPublisher',
  'KafkaPublisherOptions',
  'NatsHeaders',
  'NatsJetStreamPublisher',
  'NatsJetStreamPublisherOptions',
  'RabbitMqChannel',
  'RabbitMqMessageOptions',
  'RabbitMqPublisher',
  'RabbitMqPublisherOptions',
  'RabbitMqReturnedMessage',
  'cloudEvents',
];

/** What the subpath `client` exports. */
export const CLIENT: readonly string[] = [
  'ClientAttempt',
  'ClientCall',
  'ClientCompletionRequest',
  'ClientConnection',
  'ClientConnectionPage',
  'ClientListQuery',
  'ClientManageRequest',
  'ClientReconnectRequest',
  'ClientStartRequest',
  'ClientStartedAttempt',
  'ConnectionsClient',
  'ConnectionsClientError',
  'ConnectionsClientErrorCode',
  'ConnectionsClientErrorDetails',
  'ConnectionsClientOptions',
  'ConnectionsProblem',
  'webviewUrlOf',
];

/** What the subpath `element` exports. */
export const ELEMENT: readonly string[] = [
  'ENGLISH',
  'FRENCH',
  'PowensConnectDetail',
  'PowensConnectionsElement',
  'PowensConnectionsEventMap',
  'PowensConnectionsTexts',
  'PowensErrorDetail',
  'definePowensConnections',
];

/** What the subpath `consumer` exports. */
export const CONSUMER: readonly string[] = [
  'EVENT_CONSUMER_ENTITIES',
  'EVENT_CONSUMER_MIGRATIONS',
  'EventConsumerModule',
  'EventConsumerModuleOptions',
  'EventSource',
  'EventSubscription',
  'JetStreamConsumer',
  'JetStreamMessage',
  'JetStreamMessages',
  'MessageReceiver',
  'NatsJetStreamEventSource',
  'NatsJetStreamEventSourceOptions',
  'OnConnectionEventInTransaction',
  'RabbitMqConsumerChannel',
  'RabbitMqDelivery',
  'RabbitMqEventSource',
  'RabbitMqEventSourceOptions',
  'ReceivedMessage',
  'TransactionHandlerDecorator',
];

/** What the subpath `custom` exports. */
export const CUSTOM: readonly string[] = [
  'ConnectorField',
  'CustomConnectionAnswer',
  'CustomConnectionNext',
  'CustomConnectionRequest',
  'CustomConnectionStep',
  'CustomConnectionsService',
];
