import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { describeError } from '../../errors/index.js';
import { Poller } from '../../background/poller.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { OutboxRepository } from '../../outbox/outbox.repository.js';
import { InboxRepository } from '../../webhooks/inbox.repository.js';
import { AttemptRecovery } from '../completion/attempt-recovery.service.js';
import { DueNotices } from './due-notices.service.js';
import { DueRemovals } from './due-removals.service.js';
import { InterruptedChanges } from './interrupted-changes.service.js';

const RETENTION_DAYS = 30;
const BATCH = 1000;

/**
 * Runs periodically: finishes changes that a crash or an outage of Powens interrupted, removes unconfirmed connections, notifies of
 * expiring consents and silent connections, and purges old rows. Any number of processes may run one.
 *
 * @see RL-37, TC-23, TC-24
 * @internal
 */
@Injectable()
export class LifecycleSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger('ConnectionsSweeper');
  readonly #poller = new Poller({
    logger: this.#logger,
    failure: 'The sweeper failed',
    intervalMs: () => this.options.lifecycle.sweepIntervalMs,
    run: async () => this.sweep(),
  });

  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly recovery: AttemptRecovery,
    private readonly interrupted: InterruptedChanges,
    private readonly removals: DueRemovals,
    private readonly notices: DueNotices,
    private readonly outbox: OutboxRepository,
    private readonly inbox: InboxRepository,
  ) {}

  /** Sweeps at once: work left by the last process must not wait for an interval. */
  onApplicationBootstrap(): void {
    if (this.options.lifecycle.sweeper) {
      this.#poller.start();
    }
  }

  /** Waits for the running sweep to end. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.#poller.stop();
    await this.recovery.idle();
  }

  private async sweep(): Promise<void> {
    const isStopped = (): boolean => this.#poller.isStopped;
    this.recovery.begin(isStopped);
    await this.step('finish interrupted changes', async () => this.interrupted.finish(isStopped));
    await this.step('remove unconfirmed connections', async () =>
      this.removals.unconfirmed.removeDue(isStopped),
    );
    await this.step('end the retention of losses', async () => this.removals.lost.end(isStopped));
    await this.step('end abandoned reservations', async () => this.removals.reservations.end(isStopped));
    await this.step('notify of expiring consents', async () => this.notices.expiry.warn());
    await this.step('notify of silent connections', async () => this.notices.silence.warn());
    await this.step('remove old attempts', async () => this.recovery.purge(isStopped));
    await this.step('remove delivered events', async () => this.outbox.purge(RETENTION_DAYS, BATCH));
    await this.step('remove old webhooks', async () => this.purgeInbox());
  }

  private async purgeInbox(): Promise<void> {
    const { webhooks } = this.options;
    const days = { body: webhooks?.bodyRetentionDays ?? RETENTION_DAYS, row: RETENTION_DAYS };
    await this.inbox.purge(days, BATCH);
  }

  /** A step that fails does not prevent the next ones. */
  private async step(name: string, run: () => Promise<void>): Promise<void> {
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
