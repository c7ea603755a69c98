import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { ReconciliationSchedule } from './reconciliation-schedule.repository.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { Poller } from '../../background/poller.js';
import { ReconciliationService } from './reconciliation.service.js';

/** Bounds of the pause when nothing was due: at most a minute of a day is lost. */
const MIN_IDLE_MS = 1000;
const MAX_IDLE_MS = 60_000;

/**
 * Compares one Powens user after the other with Powens, in a poller of its own, since a comparison takes as long as Powens takes to
 * answer. Any number of processes may run one; the database holds the schedule.
 *
 * @internal
 */
@Injectable()
export class ReconciliationLoop implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #poller = new Poller({
    logger: new Logger('ConnectionsReconciliation'),
    failure: 'No Powens user can be compared',
    intervalMs: () => this.idleMs,
    run: async (signal) => this.compareNext(signal),
  });

  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly schedule: ReconciliationSchedule,
    private readonly service: ReconciliationService,
  ) {}

  /** Starts after the bootstrap, with a delay: the start of an application is busy enough. */
  onApplicationBootstrap(): void {
    if (this.options.reconciliation.enabled) {
      this.#poller.start(this.idleMs);
    }
  }

  /** Waits for the running comparison to end. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.#poller.stop();
  }

  /** @reschedule milliseconds until the next comparison */
  private async compareNext(signal: AbortSignal): Promise<number> {
    const { intervalSeconds, stepMs } = this.service.rateLimit;
    if (await this.service.compareNext(signal)) {
      return stepMs;
    }
    await this.schedule.scheduleMissing(intervalSeconds);
    return this.idleMs;
  }

  private get idleMs(): number {
    return Math.min(Math.max(this.service.rateLimit.stepMs, MIN_IDLE_MS), MAX_IDLE_MS);
  }
}
