import { Injectable } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { ANY_TYPE, handlerName, type ConnectionEvent } from '../../events/index.js';
import { transactionHandlerName } from './handler-names.js';

type Handler = (...values: unknown[]) => unknown;

/**
 * The handlers of this process.
 *
 * @internal
 */
@Injectable()
export class ConsumerHandlers {
  constructor(private readonly emitter: EventEmitter2) {}

  /** Whether a handler is registered for any type and registration. */
  exist(): boolean {
    return this.emitter.eventNames().length > 0;
  }

  /** Handlers of `@OnConnectionEvent()` for an event. */
  plain(event: ConnectionEvent): readonly Handler[] {
    return this.registered(event, handlerName);
  }

  /** Handlers of `@OnConnectionEventInTransaction()` for an event. */
  inTransaction(event: ConnectionEvent): readonly Handler[] {
    return this.registered(event, transactionHandlerName);
  }

  /** Those of every registration, and those of the registration of the event. */
  private registered({ type, instance }: ConnectionEvent, nameOf: typeof handlerName): readonly Handler[] {
    return [type, ANY_TYPE]
      .flatMap((one) => [nameOf(one as typeof type), nameOf(one as typeof type, instance)])
      .flatMap((name) => this.emitter.listeners(name) as Handler[]);
  }
}
