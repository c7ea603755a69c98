import { ConfigurationError } from '../../errors/index.js';
import type { ImportFailure, ImportOptions, ImportProgress, ImportReport } from './token-import.types.js';

const DEFAULT_CONCURRENCY = 4;
const MAX_CONCURRENCY = 50;

/** Counts the outcomes and reports the progress. */
export class ImportTally {
  readonly #counts = { imported: 0, unchanged: 0 };
  readonly #failed: ImportFailure[] = [];
  #broken: { readonly error: unknown } | undefined;

  constructor(
    private readonly total: number | null,
    readonly options: ImportOptions,
  ) {}

  count(outcome: 'imported' | 'unchanged'): void {
    this.#counts[outcome] += 1;
  }

  fail(failure: ImportFailure): void {
    this.#failed.push(failure);
  }

  reportProgress(): void {
    const { imported, unchanged } = this.#counts;
    const failed = this.#failed.length;
    const progress: ImportProgress = { done: imported + unchanged + failed, total: this.total, failed };
    try {
      this.options.onProgress?.(progress);
    } catch (error) {
      this.#broken ??= { error };
    }
  }

  /** Whether the host's callback failed: its error is thrown after the running entries have ended. */
  get isBroken(): boolean {
    return this.#broken !== undefined;
  }

  report(): ImportReport {
    if (this.#broken !== undefined) {
      throw this.#broken.error;
    }
    return { ...this.#counts, failed: this.#failed.toSorted((a, b) => a.index - b.index) };
  }
}

/**
 * Entries under way at once.
 *
 * @throws ConfigurationError
 */
export function concurrencyOf({ concurrency = DEFAULT_CONCURRENCY }: ImportOptions): number {
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > MAX_CONCURRENCY) {
    throw new ConfigurationError('concurrency', `must be a whole number from 1 to ${MAX_CONCURRENCY}.`);
  }
  return concurrency;
}
