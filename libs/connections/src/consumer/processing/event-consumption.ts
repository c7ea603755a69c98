import { Inject, Injectable } from '@nestjs/common';
import { withTimeLimit } from '../../background/time-limit.js';
import { callHandlers } from '../../events/call-handlers.js';
import type { ConnectionEvent } from '../../events/index.js';
import { ConsumedEventsRepository } from '../database/consumed-events.repository.js';
import { CONSUMER_OPTIONS, type ResolvedConsumerOptions } from '../options/consumer-options.js';
import { ConsumerHandlers } from '../handlers/consumer-handlers.js';

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
@Injectable()
export class EventConsumption {
  constructor(
    @Inject(CONSUMER_OPTIONS) private readonly options: ResolvedConsumerOptions,
    private readonly repository: ConsumedEventsRepository,
    private readonly handlers: ConsumerHandlers,
  ) {}

  /**
   * Consumes an event. When it resolves, the event is recorded as consumed by this call or an earlier one, or no handler wants it.
   *
   * @throws HandlingError when the try counts; anything else when it does not
   */
  async consume(event: ConnectionEvent): Promise<void> {
    const plain = this.handlers.plain(event);
    const inTransaction = this.handlers.inTransaction(event);
    if (plain.length > 0) {
      if (await this.repository.isConsumed(event.id)) {
        return;
      }
      // Outside of a transaction, so that a slow handler keeps no session. They may run again when a later step fails.
      await counted(async () => this.limited(async () => callHandlers(event.type, plain, event)));
    }
    if (inTransaction.length > 0) {
      await this.consumeInTransaction(event, inTransaction);
    } else if (plain.length > 0) {
      await this.repository.record(event.id);
    }
  }

  private async consumeInTransaction(
    event: ConnectionEvent,
    handlers: readonly ((...values: unknown[]) => unknown)[],
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
