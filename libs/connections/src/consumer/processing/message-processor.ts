import { setMaxListeners } from 'node:events';
import { Logger } from '@nestjs/common';
import { pause } from '../../background/pause.js';
import { jitterOf, retryDelayMs } from '../../background/retry-delay.js';
import { messageOf } from '../../brokers/broker-errors.js';
import { orderKeyOf, type ConnectionEvent } from '../../events/index.js';
import { textOf } from '../../events/text-of.js';
import type { ConsumedEventsRepository } from '../database/consumed-events.repository.js';
import type { ResolvedConsumerOptions } from '../options/consumer-options.js';
import type { ReceivedMessage } from '../sources/event-source.js';
import { HandlingError, type EventConsumption } from './event-consumption.js';
import { OrderedSlots } from './ordered-slots.js';
import { readEvent, UnreadableMessageError } from './read-event.js';

/** Milliseconds between two tries, at most: a message may be held for a limited time only. */
const MAX_DELAY_MS = 30_000;

/** How a message is settled; null while it is to be tried again. */
type Decision = { readonly deadLetter: string | null } | null;

const ACKNOWLEDGE: Decision = { deadLetter: null };

/**
 * Settles messages: acknowledges them after their event is consumed, tries failed events again, and puts aside what
 * keeps failing or cannot be read.
 *
 * A failed event is tried again here, while the broker considers it delivered: given back to the broker, it would return
 * after later events of its connection. When this process ends, the broker delivers it to another one.
 *
 * @internal
 */
export class MessageProcessor {
  readonly #logger: Logger;
  readonly #slots: OrderedSlots;
  readonly #endings = new WeakMap<AbortSignal, AbortSignal>();

  constructor(
    private readonly options: ResolvedConsumerOptions,
    private readonly repository: ConsumedEventsRepository,
    private readonly consumption: EventConsumption,
  ) {
    this.#logger = new Logger(`EventConsumer:${options.name}`);
    this.#slots = new OrderedSlots(options.concurrency);
  }

  /**
   * Processes a message until it is settled.
   *
   * @param stopping - aborts when the application ends: the message is released, unless its handlers run
   */
  async process(message: ReceivedMessage, stopping: AbortSignal): Promise<void> {
    const ending = this.endingOf(message.signal, stopping);
    const event = read(message);
    if (event instanceof UnreadableMessageError) {
      this.#logger.error(`A message of ${this.options.source.name} is put aside: ${event.message}.`);
      await this.settle(message, ending, { deadLetter: event.message });
      return;
    }
    await this.#slots.inOrder(orderKeyOf(event), async () => {
      const decision = await this.decide(event, message, ending);
      await this.settle(message, ending, decision);
      if (decision !== null && decision.deadLetter !== null) {
        // It starts anew when it is moved back to the queue.
        await this.repository.forget(event.id);
      }
    });
  }

  /** One signal for a subscription: Node keeps those of each message for as long as the application runs. */
  private endingOf(signal: AbortSignal, stopping: AbortSignal): AbortSignal {
    const known = this.#endings.get(signal);
    if (known !== undefined) {
      return known;
    }
    const ending = AbortSignal.any([stopping, signal]);
    // Each event that waits for a try listens, and Node would warn of more than ten.
    setMaxListeners(0, ending);
    this.#endings.set(signal, ending);
    return ending;
  }

  /** Tries until the event is consumed or has no tries left; null when the message must be released. */
  private async decide(
    event: ConnectionEvent,
    message: ReceivedMessage,
    ending: AbortSignal,
  ): Promise<Decision> {
    // A process that ended while it handled the event counted nothing: the first try of a repeat is counted before it begins.
    let countsFirst = message.redelivered;
    const completed = new Set<string>();
    for (let round = 1; !ending.aborted; round += 1) {
      try {
        const decision = await this.#slots.withSlot(async () =>
          ending.aborted ? null : this.tryOnce(event, countsFirst, completed),
        );
        if (decision !== null) {
          return decision;
        }
        countsFirst = false;
      } catch (error) {
        this.#logger.warn(`Event ${event.id} (${event.type}) waits for the database: ${messageOf(error)}`);
      }
      await pause(delayMs(event, round), ending);
    }
    return null;
  }

  /** @throws what the database threw: the try does not count */
  private async tryOnce(
    event: ConnectionEvent,
    countsFirst: boolean,
    completed: Set<string>,
  ): Promise<Decision> {
    const begun = countsFirst ? await this.repository.countTry(event.id) : undefined;
    if (begun === null) {
      return ACKNOWLEDGE;
    }
    if (begun !== undefined && begun > this.options.maxTries) {
      return this.exhausted(event, begun - 1, new Error('The process ended while it handled the event'));
    }
    try {
      await this.consumption.consume(event, completed);
      return ACKNOWLEDGE;
    } catch (error) {
      if (!(error instanceof HandlingError)) {
        throw error;
      }
      const tries = begun ?? (await this.repository.countTry(event.id));
      // Another process consumed it in the meantime.
      return tries === null ? ACKNOWLEDGE : this.failed(event, tries, error.cause);
    }
  }

  private failed(event: ConnectionEvent, tries: number, cause: unknown): Decision {
    if (tries >= this.options.maxTries) {
      return this.exhausted(event, tries, cause);
    }
    this.#logger.warn(`Event ${event.id} (${event.type}), try ${tries} failed: ${textOf(cause)}`);
    return null;
  }

  private exhausted(event: ConnectionEvent, tries: number, cause: unknown): Decision {
    const reason = `${tries} tries failed`;
    this.#logger.error(
      `Event ${event.id} (${event.type}) of ${this.options.source.name} is a dead letter, ${reason}: ${textOf(cause)}`,
    );
    return { deadLetter: reason };
  }

  private async settle(message: ReceivedMessage, ending: AbortSignal, decision: Decision): Promise<void> {
    if (decision === null) {
      message.release();
    } else if (decision.deadLetter === null) {
      message.acknowledge();
    } else {
      await this.putAside(message, ending, decision.deadLetter);
    }
  }

  /** Repeats until the broker has the dead letter: without it, the message is not acknowledged. */
  private async putAside(message: ReceivedMessage, ending: AbortSignal, reason: string): Promise<void> {
    for (let round = 1; !ending.aborted; round += 1) {
      try {
        await message.deadLetter(reason);
        return;
      } catch (error) {
        this.#logger.warn(`A dead letter of ${this.options.source.name} waits: ${messageOf(error)}`);
        await pause(Math.min(MAX_DELAY_MS, retryDelayMs(round, 0.5)), ending);
      }
    }
    message.release();
  }
}

function delayMs(event: ConnectionEvent, round: number): number {
  return Math.min(MAX_DELAY_MS, retryDelayMs(round, jitterOf(event.id)));
}

function read({ body }: ReceivedMessage): ConnectionEvent | UnreadableMessageError {
  try {
    return readEvent(body);
  } catch (error) {
    if (error instanceof UnreadableMessageError) {
      return error;
    }
    throw error;
  }
}
