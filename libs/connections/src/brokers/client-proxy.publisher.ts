import { lastValueFrom, type Observable } from 'rxjs';
import type { ConnectionEvent } from '../events/index.js';
import type { EventPublisher } from '../options/index.js';
import { asking } from './broker-errors.js';
import { encoded, type BrokerPublisherOptions } from './event-encoding.js';

/**
 * A `ClientProxy` of `@nestjs/microservices`.
 *
 * @public
 */
export interface EmittingClient {
  emit(pattern: unknown, data: object): Observable<unknown>;
}

/**
 * How events are emitted.
 *
 * @public
 */
export interface ClientProxyPublisherOptions extends BrokerPublisherOptions {
  /**
   * Pattern of an event, as `@EventPattern()` names it.
   *
   * @defaultValue its type, as `connection.created`
   */
  pattern?: (event: ConnectionEvent) => unknown;
}

/**
 * Emits events through a `ClientProxy` of `@nestjs/microservices`, whatever its transport.
 *
 * Its promise is weaker than that of the other publishers: `emit` completes when the transport has sent the event, and most
 * transports (TCP, Redis, NATS, MQTT, RabbitMQ without confirms) do not say whether anything keeps it. An event that is lost after that is lost. Use
 * the publisher of the broker where that matters.
 *
 * @public
 */
export class ClientProxyPublisher implements EventPublisher {
  constructor(
    private readonly client: EmittingClient,
    private readonly options: ClientProxyPublisherOptions = {},
  ) {}

  async publish(event: ConnectionEvent): Promise<void> {
    const { pattern = ({ type }): unknown => type } = this.options;
    const { body } = encoded(event, this.options);
    await asking('The transport', async () =>
      lastValueFrom(this.client.emit(pattern(event), body), { defaultValue: undefined }),
    );
  }
}
