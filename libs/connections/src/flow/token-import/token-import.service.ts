import { Injectable, Logger } from '@nestjs/common';
import { ConfigurationError, ConnectionsError } from '../../errors/index.js';
import { TokenAudit } from '../tokens/token-audit.service.js';
import { ImportedTokenService } from './imported-token.service.js';
import type {
  ImportEntry,
  ImportFailure,
  ImportOptions,
  ImportProgress,
  ImportReport,
} from './token-import.types.js';

const DEFAULT_CONCURRENCY = 4;
const MAX_CONCURRENCY = 50;

/**
 * Imports access tokens that the host has stored itself so far.
 *
 * @public
 */
@Injectable()
export class TokenImportService {
  readonly #logger = new Logger('ConnectionsImport');

  /** @internal */
  constructor(
    private readonly tokens: ImportedTokenService,
    private readonly audit: TokenAudit,
  ) {}

  /**
   * Imports tokens: each is verified with Powens, sealed, and stored with the connections of its user. It can be run
   * again at any time; a failed entry does not stop the others.
   *
   * @example
   * ```ts
   * const { failed } = await imports.import(readOldTable(), { onProgress: ({ done }) => console.log(done) });
   * ```
   * @param entries - read one by one: with a generator over the old table only a few tokens are in memory
   * @throws ConfigurationError for an invalid `concurrency`; the errors of `entries` and `onProgress`
   */
  async import(
    entries: Iterable<ImportEntry> | AsyncIterable<ImportEntry>,
    options: ImportOptions = {},
  ): Promise<ImportReport> {
    const tally = new Tally(Array.isArray(entries) ? entries.length : null, options);
    const concurrency = concurrencyOf(options);
    const underWay = new Set<Promise<void>>();
    let index = 0;
    try {
      for await (const entry of entries) {
        if (tally.isBroken) break;
        const task = this.one(entry, index, tally).finally(() => underWay.delete(task));
        underWay.add(task);
        index += 1;
        if (underWay.size >= concurrency) await Promise.race(underWay);
      }
    } finally {
      // Also after an error: nothing may be written after this method has returned.
      await Promise.all(underWay);
    }
    const { imported, unchanged, failed } = tally.report();
    this.#logger.log(`Import: ${imported} imported, ${unchanged} unchanged, ${failed.length} failed`);
    return { imported, unchanged, failed };
  }

  /** Never rejects: a rejection before its promise is awaited would end the process. */
  private async one(entry: ImportEntry, index: number, tally: Tally): Promise<void> {
    try {
      const run = async (): Promise<'imported' | 'unchanged'> => this.tokens.import(entry, tally.options);
      tally.count(await this.audit.act('token.import', entry.owner, run));
    } catch (error) {
      const code = error instanceof ConnectionsError ? error.code : 'internal_error';
      // Neither owner nor message: an id may be an e-mail address, and the position finds the entry.
      this.#logger.warn(`Import: entry ${index} failed: ${code}`);
      tally.fail({ index, code });
    }
    tally.reportProgress();
  }
}

/** Counts the outcomes and reports the progress. */
class Tally {
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

function concurrencyOf({ concurrency = DEFAULT_CONCURRENCY }: ImportOptions): number {
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > MAX_CONCURRENCY) {
    throw new ConfigurationError('concurrency', `must be a whole number from 1 to ${MAX_CONCURRENCY}.`);
  }
  return concurrency;
}
