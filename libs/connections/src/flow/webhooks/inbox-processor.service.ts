import {
  Inject,
  Injectable,
  type Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { v4 as uuidv4 } from 'uuid';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { ConnectionsError, describeError, ruleOf, StorageError } from '../../errors/index.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { withHeartbeat } from '../../background/heartbeat.js';
import { Poller } from '../../background/poller.js';
import { jitterOf, retryDelayMs } from '../../background/retry-delay.js';
import { webhookProcessDuration, type WebhookOutcome } from '../../telemetry/metrics.js';
import { inSpan } from '../../telemetry/spans.js';
import { annotateMessage } from '../../telemetry/span-attributes.js';
import type { InboxMessage, InboxOutcome } from '../../webhooks/inbox-message.js';
import { InboxRepository, type LeaseRequest } from '../../webhooks/inbox.repository.js';
import { DeferredError } from './deferred.error.js';
import { WebhookProcessing } from './webhook-processing.service.js';
import { loggerOf } from '../../options/registration/logger-of.js';

/** Extended while a message is processed: the messages of a process that ended are claimed again after seconds. */
const LEASE_SECONDS = 10;

/** Steps of a walk over the order keys within one claim. */
const MAX_WALK_STEPS = 5;

/** Every so many incomplete claims in a row, one begins with a step of the walk. */
const WALK_EVERY = 4;
const DEFAULT_POLL_MS = 1000;

/**
 * Processes the inbox: claims a message with a lease, processes and acknowledges it. Postpones messages of users that are not known
 * yet and finally parks them; retries failed messages and finally dead-letters them. Any number of processes may run one.
 *
 * @see WH-07, WH-08
 * @internal
 */
@Injectable()
export class InboxProcessor implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger: Logger;
  readonly #poller = new Poller({
    logger: () => this.#logger,
    failure: 'The inbox cannot be read',
    intervalMs: () => this.options.webhooks?.pollIntervalMs ?? DEFAULT_POLL_MS,
    run: async (signal) => this.claimUntilEmpty(signal),
  });
  /** Workers under way: each processes the messages of one connection. */
  readonly #workers = new Set<Promise<void>>();
  /** Consecutive claims that could not see all due messages. */
  #incompleteClaims = 0;
  /** Key at which the last walk ended. */
  #walkedTo: string | null = null;

  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly inbox: InboxRepository,
    private readonly processing: WebhookProcessing,
  ) {
    this.#logger = loggerOf('ConnectionsInbox', options);
  }

  /** Starts at once: messages that arrived earlier, on any replica, may be waiting. */
  onApplicationBootstrap(): void {
    if (this.options.webhooks?.processing === true) {
      this.#poller.start();
    }
  }

  /** Stops claiming and waits for the current messages to end. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.#poller.stop();
    await Promise.all(this.#workers);
  }

  /** Polls the inbox now. Called when a message arrived; regular polling remains the guarantee. */
  wake(): void {
    this.#poller.wake();
  }

  /** Claims for up to `concurrency` workers. A slow message blocks only its own connection and one worker. */
  private async claimUntilEmpty(signal: AbortSignal): Promise<void> {
    const { concurrency = 1 } = this.options.webhooks ?? {};
    while (!signal.aborted) {
      if (this.#workers.size >= concurrency) {
        await Promise.race(this.#workers);
        continue;
      }
      const message = await this.claimAny();
      if (message === null) {
        return;
      }
      this.startWorker(message);
    }
  }

  private startWorker(message: InboxMessage): void {
    const worker = this.processAllOf(message)
      .catch((error: unknown) => {
        // The lease ends by itself, and the message is claimed again.
        this.#logger.error(`The inbox cannot be written: ${describeError(error)}`);
      })
      .finally(() => {
        this.#workers.delete(worker);
        this.wake();
      });
    this.#workers.add(worker);
  }

  /** Continues with the same connection, whose next message needs no search. */
  private async processAllOf(first: InboxMessage): Promise<void> {
    let message: InboxMessage | null = first;
    while (message !== null) {
      await this.handle(message);
      message = this.#poller.isStopped ? null : await this.claimNextOf(first.orderKey);
    }
  }

  private async claimAny(): Promise<InboxMessage | null> {
    const walked =
      this.#incompleteClaims > 0 && this.#incompleteClaims % WALK_EVERY === 0 ? await this.walk(1) : null;
    if (walked !== null) {
      this.#incompleteClaims += 1;
      return walked;
    }
    const { message, complete } = await this.inbox.claim(newLease());
    this.#incompleteClaims = complete ? 0 : this.#incompleteClaims + 1;
    return message !== null || complete ? message : this.walk(MAX_WALK_STEPS);
  }

  /** Walks from key to key, where more is due than one claim can see; the next walk begins where this one ended. */
  private async walk(maxSteps: number): Promise<InboxMessage | null> {
    for (let steps = 0; steps < maxSteps; steps += 1) {
      const { message, after } = await this.inbox.claimByWalk(newLease(), this.#walkedTo);
      this.#walkedTo = message?.orderKey ?? after;
      if (message !== null || after === null) {
        return message;
      }
    }
    return null;
  }

  private async claimNextOf(orderKey: string): Promise<InboxMessage | null> {
    return this.inbox.claimNextOf(newLease(), orderKey);
  }

  private async handle(message: InboxMessage): Promise<void> {
    const extend = async (): Promise<unknown> => this.inbox.extend(message, LEASE_SECONDS);
    await withHeartbeat(LEASE_SECONDS, extend, async () => {
      const startMs = performance.now();
      const outcome = await this.tryOnce(message);
      webhookProcessDuration.recordSince(startMs, message.event, outcome);
    });
  }

  private async tryOnce(message: InboxMessage): Promise<WebhookOutcome> {
    try {
      return await inSpan('powens.webhook.process', async () => this.process(message), message.traceParent);
    } catch (error) {
      return error instanceof DeferredError ? this.defer(message, error) : this.retry(message, error);
    }
  }

  private async process(message: InboxMessage): Promise<InboxOutcome> {
    const { position: id, event: type, tries } = message;
    annotateMessage(this.options.instance, { id, type, tries });
    return this.processing.process(message);
  }

  private get patienceSeconds(): number {
    const { unknownHours = 24 } = this.options.webhooks ?? {};
    return unknownHours * 3600;
  }

  /** Not counted as a try: its user may become known a day later. */
  private async defer(message: InboxMessage, reason: DeferredError): Promise<WebhookOutcome> {
    if (message.ageSeconds > this.patienceSeconds) {
      this.#logger.warn(`Webhook ${message.position} (${message.event}) is parked: ${reason.message}`);
      await this.inbox.fail(message, 'parked', 'not_found');
      return 'parked';
    }
    await this.inbox.postpone(message, reason.delayMs(message.ageSeconds), false);
    return 'deferred';
  }

  private async retry(message: InboxMessage, error: unknown): Promise<WebhookOutcome> {
    const { maxTries = 20 } = this.options.webhooks ?? {};
    const what = `Webhook ${message.position} (${message.event})`;
    // An outage of Powens, or of the way there, must not use up the tries of everything that arrives meanwhile.
    const mayWait = isOutage(error) && message.ageSeconds < this.patienceSeconds;
    if (message.tries >= maxTries && !mayWait) {
      this.#logger.error(`${what} is dead-lettered after ${message.tries} tries: ${describeError(error)}`);
      await this.inbox.fail(message, 'dead', codeOf(error));
      return 'dead';
    }
    const delayMs = retryDelayMs(message.tries, jitterOf(message.leaseToken));
    this.#logger.warn(`${what}, try ${message.tries} failed, next in ${delayMs} ms: ${describeError(error)}`);
    await this.inbox.postpone(message, delayMs, true);
    return 'retried';
  }
}

function newLease(): LeaseRequest {
  return { leaseToken: uuidv4(), leaseSeconds: LEASE_SECONDS };
}

/** Whether something that is away causes an error. A statement that is refused may be refused because of the message itself. */
function isOutage(error: unknown): boolean {
  return error instanceof StorageError ? error.transient || error.linkLost : ruleOf(error).passes === 'yes';
}

function codeOf(error: unknown): ConnectionsError['code'] {
  return error instanceof ConnectionsError ? error.code : 'internal_error';
}
