import type { Logger } from 'typeorm';

/** Every round of the sweeper removes delivered events; this statement of it runs once, whatever it finds. */
const ONCE_A_ROUND = /DELETE FROM (?:"\w+"\.)?"powens_outbox"\s+WHERE .*'user\.deleted'/;

/** Counts rounds of the sweeper from outside, by a statement that each of them runs once. */
export class SweepCounter implements Logger {
  #rounds = 0;

  /** Rounds so far: one that has come to its last steps counts. */
  get rounds(): number {
    return this.#rounds;
  }

  logQuery(query: string): void {
    if (ONCE_A_ROUND.test(query)) {
      this.#rounds += 1;
    }
  }

  logQueryError(): void {
    // Thrown to whoever asked.
  }

  logQuerySlow(): void {
    // Measured elsewhere.
  }

  logSchemaBuild(): void {
    // Nothing is built.
  }

  logMigration(): void {
    // Ran before.
  }

  log(): void {
    // Of no interest.
  }
}
