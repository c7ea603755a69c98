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
  #state: 'idle' | 'working' | 'stopped' = 'stopped';
  #woken = false;
  #working: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly inbox: InboxRepository,
    private readonly processing: WebhookProcessing,
  ) {}

  /** Starts; what arrived before, here or elsewhere, is waiting. */
  onApplicationBootstrap(): void {
    if (this.options.webhooks?.processing === true) {
      this.#state = 'idle';
      this.wake();
    }
  }

  /** Stops claiming and lets what is under way end. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#state = 'stopped';
    clearTimeout(this.#timer);
    await this.#working;
  }

  /** Looks at the inbox now. Called when something arrived; polling remains the guarantee. */
  wake(): void {
    this.#woken = true;
    if (this.#state === 'idle') {
      clearTimeout(this.#timer);
      this.#state = 'working';
      this.#working = this.work();
    }
  }

  private async work(): Promise<void> {
    const { concurrency = 1, pollIntervalMs = 1000 } = this.options.webhooks ?? {};
    try {
      while (this.isWorking() && this.#woken) {
        this.#woken = false;
        // Each runs until nothing is due: a message that takes long holds up none but those of its own connection.
        await Promise.all(Array.from({ length: concurrency }, async () => this.processUntilEmpty()));
      }
    } catch (error) {
      this.#logger.error(`The inbox cannot be read, next look in ${pollIntervalMs} ms: ${textOf(error)}`);
    }
    this.rest(pollIntervalMs);
  }

  /** A method, since the compiler does not know that `beforeApplicationShutdown` runs during an await. */
  private isWorking(): boolean {
    return this.#state === 'working';
  }

  private rest(pollIntervalMs: number): void {
    if (this.#state === 'stopped') {
      return;
    }
    this.#state = 'idle';
    this.#timer = setTimeout(() => {
      this.wake();
    }, pollIntervalMs);
    this.#timer.unref();
  }

  private async processUntilEmpty(): Promise<void> {
    while (this.isWorking()) {
      const claim = { leaseToken: uuidv4(), leaseSeconds: LEASE_SECONDS, limit: 1 };
      const [message] = await this.inbox.claim(this.options.instance, claim);
      if (message === undefined) {
        return;
      }
      await this.handle(message);
    }
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
