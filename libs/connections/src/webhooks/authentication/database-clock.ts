import type { Logger } from '@nestjs/common';
import sql from 'sql-template-tag';
import type { ConnectionsDatabase } from '../../database/connections-database.js';
import { epochMs, timeOf, type EpochMs } from '../../database/sql.js';

const MEASURED_EVERY_MS = 60_000;
/** Offset from which the log warns the operator. */
const WARNED_FROM_MS = 60_000;

/**
 * The time of the database, which all replicas share (RL-24). The offset of the own clock is measured at the start and once a
 * minute, not per reading.
 */
export class DatabaseClock {
  #offsetMs = 0;
  #isWarned = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: ConnectionsDatabase,
    private readonly logger: Logger,
  ) {}

  /** Milliseconds since 1970. */
  nowMs(): number {
    return new Date().getTime() + this.#offsetMs;
  }

  /** Measures at once, then periodically. */
  async start(): Promise<void> {
    await this.measure();
    this.#timer = setInterval(() => {
      this.measure().catch(() => undefined);
    }, MEASURED_EVERY_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Measures the offset; the last one holds while the database cannot be asked. */
  private async measure(): Promise<void> {
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
      this.logger.warn('The clock of the database cannot be read; the offset measured last is used.');
    }
  }

  private warn(): void {
    const isOff = Math.abs(this.#offsetMs) > WARNED_FROM_MS;
    if (isOff && !this.#isWarned) {
      this.logger.warn(
        `The clock of this process is ${Math.round(Math.abs(this.#offsetMs) / 1000)} s ` +
          `${this.#offsetMs > 0 ? 'behind' : 'ahead of'} that of the database. Webhooks are judged by the database; ` +
          'synchronise the clock of this machine.',
      );
    }
    this.#isWarned = isOff;
  }
}
