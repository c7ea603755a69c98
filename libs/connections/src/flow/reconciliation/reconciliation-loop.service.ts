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

/** Between two looks when nothing was due: at most a minute is lost of a day. */
const SHORTEST_LOOK_MS = 1000;
const MAX_LOOK_MS = 60_000;

/**
 * Compares one Powens user after the other with Powens, in a poller of its own: a comparison may take as long as Powens
 * does. Any number of processes may run one; the database gives the turns.
 *
 * @internal
 */
@Injectable()
export class ReconciliationLoop implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #poller = new Poller({
    logger: new Logger('ConnectionsReconciliation'),
    failure: 'No Powens user can be compared',
    intervalMs: () => this.lookMs,
    run: async (signal) => this.compareNext(signal),
  });

  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly turns: ReconciliationSchedule,
    private readonly service: ReconciliationService,
  ) {}

  /** Starts once the application is there, and looks a little later: a start has enough to do. */
  onApplicationBootstrap(): void {
    if (this.options.reconciliation.enabled) {
      this.#poller.start(this.lookMs);
    }
  }

  /** Lets the comparison under way end. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.#poller.stop();
  }

  /** @returns milliseconds until the next comparison */
  private async compareNext(signal: AbortSignal): Promise<number> {
    const { intervalSeconds, stepMs } = this.service.pace;
    if (await this.service.regularTurn(signal)) {
      return stepMs;
    }
    await this.turns.scheduleMissing(intervalSeconds);
    return this.lookMs;
  }

  private get lookMs(): number {
    return Math.min(Math.max(this.service.pace.stepMs, SHORTEST_LOOK_MS), MAX_LOOK_MS);
  }
}
