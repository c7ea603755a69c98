import type { EventEmitter2 } from '@nestjs/event-emitter';
import { withTimeLimit } from '../../background/time-limit.js';
import { ANY_TYPE, type ConnectionEvent } from '../../events/index.js';
import {
  callHandlers,
  handlerTopic,
  RegisteredHandlers,
  type HandlersById,
  type RegisteredHandler,
} from '../../events/registered-handlers.js';
import type { ConsumedEventsRepository } from '../database/consumed-events.repository.js';
import { transactionTopic } from '../handlers/handler-names.js';
import type { ResolvedConsumerOptions } from '../options/consumer-options.js';

/** Handlers failed, or their transaction did: the try counts. All other errors are of the database, and do not. */
export class HandlingError extends Error {
  constructor(cause: unknown) {
    super('An event was not handled.', { cause });
  }
}

/**
 * Calls the handlers of an event, unless it is recorded as consumed, and records it.
 *
 * @internal
 */
export class EventConsumption {
  readonly #registered: RegisteredHandlers;

  constructor(
    private readonly options: ResolvedConsumerOptions,
    private readonly repository: ConsumedEventsRepository,
    emitter: EventEmitter2,
  ) {
    this.#registered = new RegisteredHandlers(emitter);
  }

  /** Whether this process has a handler, of any type and registration. */
  hasHandlers(): boolean {
    return this.#registered.some(null);
  }

  /**
   * Consumes an event. When it resolves, the event is recorded as consumed by this call or an earlier one, or no handler wants it.
   *
   * @param completed - ids of handlers outside of the transaction that have completed the event, and are not called; the others are
   *   added when they do
   * @throws HandlingError when the try counts; anything else when it does not
   */
  async consume(event: ConnectionEvent, completed: Set<string>): Promise<void> {
    const plain = this.handlersOf(event, handlerTopic);
    const inTransaction = [...this.handlersOf(event, transactionTopic).values()].flat();
    if (plain.size > 0) {
      if (await this.repository.isConsumed(event.id)) {
        return;
      }
      // Outside of a transaction, so that a slow handler keeps no session. They run again when this process ends before the last step.
      await counted(async () => this.limited(async () => callHandlers(event, plain, completed)));
    }
    if (inTransaction.length > 0) {
      await this.consumeInTransaction(event, inTransaction);
    } else if (plain.size > 0) {
      await this.repository.record(event.id);
    }
  }

  /** Those of every registration, and those of the registration of the event. */
  private handlersOf({ type, instance }: ConnectionEvent, topicOf: typeof handlerTopic): HandlersById {
    const topics = [type, ANY_TYPE].flatMap((one) => [
      topicOf(one as typeof type),
      topicOf(one as typeof type, instance),
    ]);
    return this.#registered.of(new Set(topics));
  }

  private async consumeInTransaction(
    event: ConnectionEvent,
    handlers: readonly RegisteredHandler[],
  ): Promise<void> {
    let errorOf = (error: unknown): unknown => error;
    try {
      await this.repository.transaction(async (manager) => {
        // First, since it decides whether anything happens. A process that handles the same event waits here.
        const isNew = await this.repository.record(event.id, manager);
        // A COMMIT that fails is counted, too: it may be a constraint that is checked at the end.
        errorOf = (error) => new HandlingError(error);
        if (!isNew) {
          return;
        }
        await this.limited(async () => {
          for (const handler of handlers) {
            await handler(event, manager);
          }
        });
      });
    } catch (error) {
      throw errorOf(error);
    }
  }

  private async limited(work: () => Promise<void>): Promise<void> {
    const { handlerTimeoutMs } = this.options;
    await withTimeLimit(
      handlerTimeoutMs,
      work,
      () => new Error(`A handler took longer than ${handlerTimeoutMs} ms`),
    );
  }
}

async function counted(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw new HandlingError(error);
  }
}
