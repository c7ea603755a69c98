import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { ReconciliationSchedule } from './reconciliation-schedule.repository.js';
import { ConnectionsError } from '../../errors/index.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { pause } from './pause.js';
import { ReconciliationService } from './reconciliation.service.js';

/** Between two looks when nothing was due: at most a minute is lost of a day. */
const SHORTEST_LOOK_MS = 1000;
const LONGEST_LOOK_MS = 60_000;

/**
 * Compares account after account, around the clock, in a loop of its own: a comparison may take as long as Powens does.
 * Any number of processes may run one; the database gives the turns.
 *
 * @internal
 */
@Injectable()
export class ReconciliationLoop implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger('ConnectionsReconciliation');
  readonly #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly turns: ReconciliationSchedule,
    private readonly service: ReconciliationService,
  ) {}

  /** Starts once the application is there, and looks a little later: a start has enough to do. */
  onApplicationBootstrap(): void {
    if (this.options.reconciliation.enabled) {
      this.#running = this.run();
    }
  }

  /** Lets the comparison under way end. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  private async run(): Promise<void> {
    const { signal } = this.#stop;
    await pause(this.lookMs, signal);
    while (!signal.aborted) {
      await pause(await this.turn(signal), signal);
    }
  }

  /** One turn. @returns milliseconds to wait before the next look */
  private async turn(signal: AbortSignal): Promise<number> {
    const { intervalSeconds, stepMs } = this.service.pace;
    try {
      const isDone = await this.service.regularTurn(signal);
      if (isDone) {
        return stepMs;
      }
      await this.turns.spread(this.options.instance, intervalSeconds);
    } catch (error) {
      const text = error instanceof ConnectionsError ? error.message : 'a fault of ours';
      this.#logger.error(`No account can be compared now, next look in ${this.lookMs} ms: ${text}`);
    }
    return this.lookMs;
  }

  private get lookMs(): number {
    return Math.min(Math.max(this.service.pace.stepMs, SHORTEST_LOOK_MS), LONGEST_LOOK_MS);
  }
}
