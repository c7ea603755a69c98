import {
  ConfigurableModuleBuilder,
  Module,
  type DynamicModule,
  type OnModuleInit,
  type Provider,
} from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { EventEmitterModule } from '@nestjs/event-emitter';
import { madePerRequest, moduleOf } from '../background/made-per-request.js';
import { ConfigurationError } from '../errors/index.js';
import { ConsumedEventsRepository } from './database/consumed-events.repository.js';
import { EventConsumerService } from './event-consumer.service.js';
import {
  CONSUMER_OPTIONS,
  resolveConsumerOptions,
  type EventConsumerModuleOptions,
  type ResolvedConsumerOptions,
} from './options/consumer-options.js';

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } =
  new ConfigurableModuleBuilder<EventConsumerModuleOptions>({
    moduleName: 'EventConsumer',
  })
    .setClassMethodName('forRoot')
    .setExtras({}, (definition: DynamicModule): DynamicModule => ({
      ...definition,
      // The emitter of the library: the host's own keeps its options and events.
      imports: [...(definition.imports ?? []), EventEmitterModule.forRoot({ global: false })],
    }))
    .build();

const PROVIDERS: Provider[] = [
  {
    provide: CONSUMER_OPTIONS,
    inject: [MODULE_OPTIONS_TOKEN],
    useFactory: (options: EventConsumerModuleOptions): ResolvedConsumerOptions =>
      resolveConsumerOptions(options),
  },
  ConsumedEventsRepository,
  EventConsumerService,
];

/**
 * Calls the handlers of this application, `@OnConnectionEvent()` and `@OnConnectionEventInTransaction()`, for events that another
 * application published to a broker: each once, in the order of the broker per connection, acknowledged after the
 * commit.
 *
 * Not for the application that publishes: its relay calls its handlers. Register it once for each source, with a `name` each.
 *
 * @example
 * ```ts
 * EventConsumerModule.forRootAsync({
 *   inject: [Messaging],
 *   useFactory: (messaging: Messaging) => ({
 *     source: new RabbitMqEventSource(() => messaging.openConfirmChannel(), { queue: 'ledger' }),
 *   }),
 * })
 * ```
 * @public
 */
@Module({ providers: PROVIDERS })
export class EventConsumerModule extends ConfigurableModuleClass implements OnModuleInit {
  constructor(private readonly modules: ModulesContainer) {
    super();
  }

  /** Called by Nest once it knows what depends on what. */
  onModuleInit(): void {
    const culprit = madePerRequest(moduleOf(this.modules, this), MODULE_OPTIONS_TOKEN);
    if (culprit !== null) {
      throw new ConfigurationError(
        'EventConsumerModule.inject',
        `depends on ${culprit}. No event would be consumed. Inject what is made once.`,
      );
    }
  }
}
