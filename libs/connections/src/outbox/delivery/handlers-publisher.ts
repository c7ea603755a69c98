import type { EventEmitter2 } from '@nestjs/event-emitter';
import { callHandlers } from '../../events/call-handlers.js';
import { ANY_TYPE, CONNECTION_EVENT_TYPES, handlerName, type ConnectionEvent } from '../../events/index.js';
import type { EventPublisher } from '../../options/background/events-options.interface.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';

/**
 * Publishes to the methods marked with `@OnConnectionEvent()`. All handlers run, even if one of them fails; the
 * event counts as handled when none failed.
 *
 * @see RL-26
 * @internal
 */
export class HandlersPublisher implements EventPublisher {
  constructor(
    private readonly emitter: EventEmitter2,
    private readonly options: Pick<ResolvedOptions, 'instance'>,
  ) {}

  /** Whether a handler is registered for any type. */
  hasHandlers(): boolean {
    return this.isListenedTo(this.namesOf(...CONNECTION_EVENT_TYPES, ANY_TYPE));
  }

  /** Whether a handler takes this event. */
  handles({ type }: ConnectionEvent): boolean {
    return this.isListenedTo(this.namesOf(type, ANY_TYPE));
  }

  async publish(event: ConnectionEvent): Promise<void> {
    const handlers = this.namesOf(event.type, ANY_TYPE).flatMap((name) => this.emitter.listeners(name));
    await callHandlers(event.type, handlers, event);
  }

  private isListenedTo(names: readonly string[]): boolean {
    return names.some((name) => this.emitter.listenerCount(name) > 0);
  }

  /** Handlers of every registration, and those of this one alone. */
  private namesOf(...types: readonly (ConnectionEvent['type'] | typeof ANY_TYPE)[]): readonly string[] {
    return types.flatMap((type) => [handlerName(type), handlerName(type, this.options.instance)]);
  }
}
