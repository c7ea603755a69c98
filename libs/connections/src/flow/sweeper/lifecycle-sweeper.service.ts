import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { ConnectionsError } from '../../errors/index.js';
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
 * Goes round: finishes what a crash or an absent provider interrupted, removes what nobody confirmed, warns of consents
 * that end and of connections that fell silent, removes what is old.
 * Any number of processes may run one.
 *
 * @see RL-37, TC-23, TC-24
 * @internal
 */
@Injectable()
export class LifecycleSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger('ConnectionsSweeper');
  #stopped = false;
  #round: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly recovery: AttemptRecovery,
    private readonly interrupted: InterruptedChanges,
    private readonly removals: DueRemovals,
    private readonly warnings: DueNotices,
    private readonly outbox: OutboxRepository,
    private readonly inbox: InboxRepository,
  ) {}

  /** Looks at once: what the last process left must not wait. */
  onApplicationBootstrap(): void {
    if (this.options.lifecycle.sweeper) {
      this.#round = this.sweep();
    }
  }

  /** Lets the round under way end. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#round;
    await this.recovery.idle();
  }

  private async sweep(): Promise<void> {
    const { instance } = this.options;
    this.recovery.begin(() => this.#stopped);
    await this.step('finish interrupted changes', async () => this.interrupted.finish(() => this.#stopped));
    await this.step('remove what nobody confirmed', async () =>
      this.removals.unconfirmed.removeDue(() => this.#stopped),
    );
    await this.step('forget what Powens lost', async () => this.removals.lost.end(() => this.#stopped));
    await this.step('end abandoned reservations', async () =>
      this.removals.reservations.end(() => this.#stopped),
    );
    await this.step('warn of consents that end', async () => this.warnings.expiry.warn());
    await this.step('warn of silent connections', async () => this.warnings.silence.warn());
    await this.step('remove old attempts', async () => this.recovery.purge(() => this.#stopped));
    await this.step('remove delivered events', async () =>
      this.outbox.purge(instance, RETENTION_DAYS, BATCH),
    );
    await this.step('remove old webhooks', async () => this.purgeInbox());
    this.rest();
  }

  private async purgeInbox(): Promise<void> {
    const { instance, webhooks } = this.options;
    const days = { body: webhooks?.bodyRetentionDays ?? RETENTION_DAYS, row: RETENTION_DAYS };
    await this.inbox.purge(instance, days, BATCH);
  }

  /** One step that fails does not keep the others from their turn. */
  private async step(name: string, run: () => Promise<void>): Promise<void> {
    if (this.#stopped) {
      return;
    }
    try {
      await run();
    } catch (error) {
      const text = error instanceof ConnectionsError ? error.message : 'a fault of ours';
      this.#logger.error(
        `Could not ${name}, next try in ${this.options.lifecycle.sweepIntervalMs} ms: ${text}`,
      );
    }
  }

  private rest(): void {
    if (this.#stopped) {
      return;
    }
    this.#timer = setTimeout(() => {
      this.#round = this.sweep();
    }, this.options.lifecycle.sweepIntervalMs);
    this.#timer.unref();
  }
}
