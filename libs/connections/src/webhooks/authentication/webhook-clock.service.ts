import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import sql from 'sql-template-tag';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { ConnectionsDatabase } from '../../database/connections-database.js';
import { epochMs, timeOf, type EpochMs } from '../../database/sql.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';

const MEASURED_EVERY_MS = 60_000;
/** Offset from which the log warns the operator. */
const WARNED_FROM_MS = 60_000;

/**
 * The time that dates of signatures and ends of tokens are compared with: that of the database, which all replicas share,
 * so that a replica whose own clock is off takes the same webhooks as the others (RL-24). The offset is measured at boot and
 * once a minute, not per webhook.
 *
 * @internal
 */
@Injectable()
export class WebhookClock implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger('ConnectionsWebhooks');
  #offsetMs = 0;
  #isWarned = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: Pick<ResolvedOptions, 'webhooks'>,
    private readonly database: ConnectionsDatabase,
  ) {}

  /** Milliseconds since 1970, by the clock of the database. */
  nowMs(): number {
    return new Date().getTime() + this.#offsetMs;
  }

  /** Measures at once, then periodically. */
  async onApplicationBootstrap(): Promise<void> {
    const { webhooks } = this.options;
    if (webhooks === null || webhooks.auth.type === 'bearer') {
      return;
    }
    await this.measure();
    this.#timer = setInterval(() => {
      this.measure().catch(() => undefined);
    }, MEASURED_EVERY_MS);
    this.#timer.unref();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  /** Measures the offset; the last one holds while the database cannot be asked. */
  async measure(): Promise<void> {
    const before = new Date().getTime();
    try {
      const [row] = await this.database.query<{ now_ms: EpochMs }>(
        sql`SELECT ${epochMs(sql`clock_timestamp()`)} AS now_ms`,
      );
      const after = new Date().getTime();
      // An answer that took long says little; the middle of a short one is near enough for a tolerance of minutes.
      if (row !== undefined && after >= before && after - before < WARNED_FROM_MS / 2) {
        this.#offsetMs = Math.round(timeOf(row.now_ms).getTime() - (before + after) / 2);
        this.warn();
      }
    } catch {
      this.#logger.warn('The clock of the database cannot be read; the offset measured last is used.');
    }
  }

  private warn(): void {
    const isOff = Math.abs(this.#offsetMs) > WARNED_FROM_MS;
    if (isOff && !this.#isWarned) {
      this.#logger.warn(
        `The clock of this process is ${Math.round(Math.abs(this.#offsetMs) / 1000)} s ` +
          `${this.#offsetMs > 0 ? 'behind' : 'ahead of'} that of the database. Webhooks are judged by the database; ` +
          'synchronise the clock of this machine.',
      );
    }
    this.#isWarned = isOff;
  }
}
