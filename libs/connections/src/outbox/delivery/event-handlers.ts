import type { EventEmitter2 } from '@nestjs/event-emitter';
import { ANY_TYPE, CONNECTION_EVENT_TYPES, type ConnectionEvent } from '../../events/index.js';
import { callHandlers, handlerTopic, RegisteredHandlers } from '../../events/registered-handlers.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';

/**
 * The methods marked with `@OnConnectionEvent()` that take events of this registration.
 *
 * @internal
 */
export class EventHandlers {
  readonly #registered: RegisteredHandlers;
  readonly #allTopics: ReadonlySet<string>;
  #exist = false;

  constructor(
    emitter: EventEmitter2,
    private readonly options: Pick<ResolvedOptions, 'instance'>,
  ) {
    this.#registered = new RegisteredHandlers(emitter);
    this.#allTopics = this.topicsOf(...CONNECTION_EVENT_TYPES, ANY_TYPE);
  }

  /** Whether there is one, of any type. Those that are registered stay until the application has ended. */
  exist(): boolean {
    this.#exist ||= this.#registered.some(this.#allTopics);
    return this.#exist;
  }

  /**
   * Calls those that take an event, even if one of them fails, but for those that have completed it already.
   *
   * @param completed - ids of those that have completed the event; the others are added when they do
   * @throws AggregateError when at least one failed
   * @see RL-26, RL-27
   */
  async call(event: ConnectionEvent, completed: Set<string>): Promise<void> {
    const handlers = this.#registered.of(this.topicsOf(event.type, ANY_TYPE));
    await callHandlers(event, handlers, completed);
  }

  /** Of handlers of every registration, and of those of this one alone. */
  private topicsOf(...types: readonly (ConnectionEvent['type'] | typeof ANY_TYPE)[]): ReadonlySet<string> {
    return new Set(types.flatMap((type) => [handlerTopic(type), handlerTopic(type, this.options.instance)]));
  }
}
