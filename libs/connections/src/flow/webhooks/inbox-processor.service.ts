import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { v4 as uuidv4 } from 'uuid';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { ConnectionsError } from '../../errors/index.js';
import type { ResolvedOptions } from '../../options/resolved-options.js';
import { retryDelayMs } from '../../outbox/retry-schedule.js';
import type { InboxMessage } from '../../webhooks/inbox-message.js';
import { InboxRepository } from '../../webhooks/inbox.repository.js';
import { NotYetError } from './not-yet.error.js';
import { WebhookProcessing } from './webhook-processing.service.js';

/** Longer than the calls to Powens that one message may take, with their retries. */
const LEASE_SECONDS = 120;

/**
 * Empties the inbox: claims with a lease, processes, settles; waits for what is not known yet, backs off, sets aside. Any
 * number of processes may run one.
 *
 * @see WH-07, WH-08
 * @internal
 */
@Injectable()
export class InboxProcessor implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger('ConnectionsInbox');
  readonly #lanes = new Set<Promise<void>>();
  #running = false;
  #woken = false;
  #looking = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly inbox: InboxRepository,
    private readonly processing: WebhookProcessing,
  ) {}

  /** Starts; what arrived before, here or elsewhere, is waiting. */
  onApplicationBootstrap(): void {
    if (this.options.webhooks?.processing === true) {
      this.#running = true;
      this.wake();
    }
  }

  /** Stops claiming and lets what is under way end. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#running = false;
    clearTimeout(this.#timer);
    await Promise.all(this.#lanes);
  }

  /** Looks at the inbox now. Called when something arrived; polling remains the guarantee. */
  wake(): void {
    if (!this.#running) {
      return;
    }
    const { concurrency = 1, pollIntervalMs = 1000 } = this.options.webhooks ?? {};
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.wake();
    }, pollIntervalMs);
    this.#timer.unref();
    this.#woken = true;
    if (!this.#looking && this.#lanes.size < concurrency) {
      const lane = this.processUntilEmpty().finally(() => {
        this.#lanes.delete(lane);
        if (this.#woken) {
          this.wake();
        }
      });
      this.#lanes.add(lane);
    }
  }

  /**
   * One of a few that run side by side, each until nothing is due: a message that takes long holds up none but those of its
   * own connection. One looks at a time; whoever finds something calls for the next.
   */
  private async processUntilEmpty(): Promise<void> {
    try {
      while (this.#running && this.#woken && !this.#looking) {
        const message = await this.look();
        if (message !== null) {
          this.wake();
          await this.processAllOf(message);
          this.#woken = true;
        }
      }
    } catch (error) {
      const { pollIntervalMs = 1000 } = this.options.webhooks ?? {};
      this.#logger.error(`The inbox cannot be used, next look in ${pollIntervalMs} ms: ${textOf(error)}`);
    }
  }

  private async look(): Promise<InboxMessage | null> {
    this.#woken = false;
    this.#looking = true;
    try {
      return await this.claim({});
    } finally {
      this.#looking = false;
    }
  }

  /** Goes on with the same connection, whose next message nobody has to search for. */
  private async processAllOf(first: InboxMessage): Promise<void> {
    let message: InboxMessage | null = first;
    while (message !== null) {
      await this.handle(message);
      message = this.#running ? await this.claim({ orderKey: first.orderKey }) : null;
    }
  }

  private async claim(wish: { orderKey?: string }): Promise<InboxMessage | null> {
    const lease = { leaseToken: uuidv4(), leaseSeconds: LEASE_SECONDS };
    return this.inbox.claim(this.options.instance, { ...lease, ...wish });
  }

  private async handle(message: InboxMessage): Promise<void> {
    try {
      await this.processing.process(message);
    } catch (error) {
      await (error instanceof NotYetError ? this.wait(message, error) : this.tryAgain(message, error));
    }
  }

  /** Not counted as a try: whoever it belongs to may appear a day later. */
  private async wait(message: InboxMessage, reason: NotYetError): Promise<void> {
    const { unknownHours = 24 } = this.options.webhooks ?? {};
    if (message.ageSeconds > unknownHours * 3600) {
      this.#logger.warn(`Webhook ${message.position} (${message.event}) is parked: ${reason.message}`);
      await this.inbox.setAside(message, 'parked', 'not_found');
      return;
    }
    await this.inbox.postpone(message, reason.delayMs(message.ageSeconds), false);
  }

  private async tryAgain(message: InboxMessage, error: unknown): Promise<void> {
    const { maxTries = 20 } = this.options.webhooks ?? {};
    const what = `Webhook ${message.position} (${message.event})`;
    if (message.tries >= maxTries) {
      this.#logger.error(`${what} is set aside after ${message.tries} tries: ${textOf(error)}`);
      await this.inbox.setAside(message, 'dead', codeOf(error));
      return;
    }
    const delayMs = retryDelayMs(message.tries, fractionOf(message.leaseToken));
    this.#logger.warn(`${what}, try ${message.tries} failed, next in ${delayMs} ms: ${textOf(error)}`);
    await this.inbox.postpone(message, delayMs, true);
  }
}

function codeOf(error: unknown): ConnectionsError['code'] {
  return error instanceof ConnectionsError ? error.code : 'internal_error';
}

/** Jitter out of the lease's own random bits. */
function fractionOf(leaseToken: string): number {
  return Number.parseInt(leaseToken.slice(-4), 16) / 0x10000;
}

function textOf(error: unknown): string {
  return error instanceof ConnectionsError ? error.message : 'a fault of ours';
}
