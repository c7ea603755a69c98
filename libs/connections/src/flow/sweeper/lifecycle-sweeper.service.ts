import {
  Inject,
  Injectable,
  type Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { ShareLinkRepository } from '../../attempts/share-link.repository.js';
import { ConnectionChangesRepository } from '../../connections/connection-changes.repository.js';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { describeError } from '../../errors/index.js';
import { Poller } from '../../background/poller.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { EventTransaction } from '../changes/event-transaction.js';
import { AttemptCompletion } from '../completion/attempt-completion.service.js';
import { RemovalService } from '../lifecycle/removal.service.js';
import { InterruptedChanges } from './interrupted-changes.service.js';
import { notifyOfExpiry, notifyOfSilence } from './notices.js';
import { PURGE_BATCH, Retention } from './retention.service.js';
import { loggerOf } from '../../options/registration/logger-of.js';

/**
 * Runs periodically: finishes changes that a crash or an outage of Powens interrupted, removes unconfirmed connections, notifies of
 * expiring consents and silent connections, and purges old rows. Any number of processes may run one.
 *
 * @see RL-37, TC-23, TC-24
 * @internal
 */
@Injectable()
export class LifecycleSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger: Logger;
  readonly #poller = new Poller({
    logger: () => this.#logger,
    failure: 'The sweeper failed',
    intervalMs: () => this.options.lifecycle.sweepIntervalMs,
    run: async () => this.sweep(),
  });

  @Inject(ShareLinkRepository) private readonly links!: ShareLinkRepository;

  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly completion: AttemptCompletion,
    private readonly interrupted: InterruptedChanges,
    private readonly removals: RemovalService,
    private readonly retention: Retention,
    private readonly changes: ConnectionChangesRepository,
    private readonly events: EventTransaction,
  ) {
    this.#logger = loggerOf('ConnectionsSweeper', options);
  }

  /** Sweeps at once: work left by the last process must not wait for an interval. */
  onApplicationBootstrap(): void {
    if (this.options.lifecycle.sweeper) {
      this.#poller.start();
    }
  }

  /** Waits for the running sweep to end. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.#poller.stop();
    await this.completion.idle();
  }

  private async sweep(): Promise<void> {
    const isStopped = (): boolean => this.#poller.isStopped;
    const notices = { lifecycle: this.options.lifecycle, changes: this.changes, events: this.events };
    this.completion.begin(isStopped);
    await this.step('finish interrupted changes', async () => this.interrupted.finish(isStopped));
    await this.step('remove unconfirmed connections', async () => this.removals.removeDue(isStopped));
    await this.step('end the retention of losses', async () => this.retention.endLosses(isStopped));
    await this.step('end abandoned reservations', async () => this.retention.endReservations(isStopped));
    await this.step('notify of expiring consents', async () => notifyOfExpiry(notices));
    await this.step('notify of silent connections', async () => notifyOfSilence(notices));
    await this.step('remove old attempts', async () => this.completion.purge(isStopped));
    await this.step('remove expired links', async () => this.links.purge(PURGE_BATCH));
    await this.step('remove delivered events', async () => this.retention.purge('events'));
    await this.step('remove old webhooks', async () => this.retention.purge('webhooks'));
  }

  /** A step that fails does not prevent the next ones. */
  private async step(name: string, run: () => Promise<unknown>): Promise<void> {
    if (this.#poller.isStopped) {
      return;
    }
    try {
      await run();
    } catch (error) {
      this.#logger.error(
        `Could not ${name}, next try in ${this.options.lifecycle.sweepIntervalMs} ms: ${describeError(error)}`,
      );
    }
  }
}
