import type { Logger } from 'typeorm';

/** Counts rounds of the sweeper from outside: each begins with the same statement, whatever that is. */
export class SweepCounter implements Logger {
  readonly #seen = new Map<string, number>();

  /** Rounds begun: how often the statement came that came first in a process that does nothing but sweep. */
  get rounds(): number {
    // Statements of the boot come once.
    return [...this.#seen.values()].find((count) => count > 1) ?? 0;
  }

  logQuery(query: string): void {
    this.#seen.set(query, (this.#seen.get(query) ?? 0) + 1);
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
