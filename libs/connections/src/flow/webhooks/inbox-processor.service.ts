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
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { startHeartbeat } from '../../database/heartbeat.js';
import { retryDelayMs } from '../../outbox/retry-schedule.js';
import type { InboxMessage } from '../../webhooks/inbox-message.js';
import { InboxRepository, type LeaseRequest } from '../../webhooks/inbox.repository.js';
import { DeferredError } from './deferred.error.js';
import { WebhookProcessing } from './webhook-processing.service.js';

/** Extended while a message is processed, so that a process that dies costs seconds. */
const LEASE_SECONDS = 10;

/** Steps of a walk over the keys that one look may take. */
const MAX_WALK_STEPS = 5;

/** Of so many looks in a row that could not see all that is due, one begins with a step of the walk. */
const WALK_EVERY = 4;

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
  /** Looks in a row that could not see all that is due. */
  #unseen = 0;
  #walkedTo: string | null = null;
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
      return await this.claimAny();
    } finally {
      this.#looking = false;
    }
  }

  /** Goes on with the same connection, whose next message nobody has to search for. */
  private async processAllOf(first: InboxMessage): Promise<void> {
    let message: InboxMessage | null = first;
    while (message !== null) {
      await this.handle(message);
      message = this.#running ? await this.claimNextOf(first.orderKey) : null;
    }
  }

  private async claimAny(): Promise<InboxMessage | null> {
    const walked = this.#unseen > 0 && this.#unseen % WALK_EVERY === 0 ? await this.walk(1) : null;
    if (walked !== null) {
      this.#unseen += 1;
      return walked;
    }
    const { message, complete } = await this.inbox.claim(this.options.instance, newLease());
    this.#unseen = complete ? 0 : this.#unseen + 1;
    return message !== null || complete ? message : this.walk(MAX_WALK_STEPS);
  }

  /** Looks from key to key, where more is due than one look can see; the next walk begins where this one ended. */
  private async walk(maxSteps: number): Promise<InboxMessage | null> {
    for (let steps = 0; steps < maxSteps; steps += 1) {
      const { message, after } = await this.inbox.claimByWalk(
        this.options.instance,
        newLease(),
        this.#walkedTo,
      );
      this.#walkedTo = message?.orderKey ?? after;
      if (message !== null || after === null) {
        return message;
      }
    }
    return null;
  }

  private async claimNextOf(orderKey: string): Promise<InboxMessage | null> {
    return this.inbox.claimNextOf(this.options.instance, newLease(), orderKey);
  }

  private async handle(message: InboxMessage): Promise<void> {
    const stop = startHeartbeat((LEASE_SECONDS * 1000) / 3, async () =>
      this.inbox.extend(message, LEASE_SECONDS),
    );
    try {
      await this.processing.process(message);
    } catch (error) {
      await (error instanceof DeferredError ? this.wait(message, error) : this.tryAgain(message, error));
    } finally {
      stop();
    }
  }

  /** Not counted as a try: whoever it belongs to may appear a day later. */
  private async wait(message: InboxMessage, reason: DeferredError): Promise<void> {
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

function newLease(): LeaseRequest {
  return { leaseToken: uuidv4(), leaseSeconds: LEASE_SECONDS };
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
