import type { OrphanReport, ReconciliationOutcome, ReconciliationReport } from './reconciliation.types.js';

type Figures = { -readonly [K in keyof ReconciliationReport]: ReconciliationReport[K] };

/** Adds up the outcomes of comparisons. */
export class ReconciliationTally {
  readonly #figures: Figures;

  constructor(orphans: OrphanReport) {
    this.#figures = {
      accounts: 0,
      added: 0,
      changed: 0,
      removed: 0,
      missing: 0,
      tokensRenewed: 0,
      tokensRevoked: 0,
      usersGone: 0,
      failures: 0,
      orphans,
      lastAt: null,
    };
  }

  count({ result, added, changed, removed, missing, tokenRenewed }: ReconciliationOutcome): void {
    const figures = this.#figures;
    figures.accounts += 1;
    figures.added += added;
    figures.changed += changed;
    figures.removed += removed;
    figures.missing += missing + (result === 'suspected' || result === 'held' ? 1 : 0);
    figures.tokensRenewed += tokenRenewed ? 1 : 0;
    figures.tokensRevoked += result === 'token_revoked' ? 1 : 0;
    figures.usersGone += result === 'user_gone' ? 1 : 0;
    figures.lastAt = new Date().toISOString();
  }

  fail(): void {
    this.#figures.failures += 1;
  }

  setOrphans(orphans: OrphanReport): void {
    this.#figures.orphans = orphans;
  }

  report(): ReconciliationReport {
    return { ...this.#figures };
  }
}
