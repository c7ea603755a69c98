import { Inject, Injectable, Logger } from '@nestjs/common';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { ConfigurationError } from '../../errors/index.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { authenticateRow } from '../authenticator.js';
import { KeyRing } from '../crypto/key-ring.js';
import { KeyRotationRepository, type Resealed } from './key-rotation.repository.js';
import type {
  KeyCount,
  KeyVerification,
  RotateOptions,
  RotationProgress,
  RotationReport,
} from './key-rotation.types.js';
import { PowensUserRepository } from '../powens-user.repository.js';
import { problemOf, purposeOf, reasonOf, resealRow, type SealedRow } from '../sealed-row.js';

const DEFAULT_BATCH_SIZE = 250;
const MAX_BATCH_SIZE = 5000;

/** Rows looked at before a primary key is called another one of the same name. */
const PROBES = 10;

type Step = Omit<RotationProgress, 'total'>;

/**
 * Moves sealed tokens from one encryption key to the next while the application runs: add the key, make it the first,
 * rotate, count, remove the old one. See `docs/key-management.md`.
 *
 * @see TC-09
 * @public
 */
@Injectable()
export class KeyRotationService {
  readonly #logger = new Logger('ConnectionsKeys');

  /** @internal */
  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: Pick<ResolvedOptions, 'instance'>,
    private readonly keyRing: KeyRing,
    private readonly users: PowensUserRepository,
    private readonly rows: KeyRotationRepository,
  ) {}

  /** Counts the tokens that each key seals, the primary key first. An old key of the ring at 0 may be removed. */
  async countByKey(): Promise<readonly KeyCount[]> {
    const { ids, primaryId } = this.keyRing;
    const counts = await this.users.countByKey(this.options.instance);
    const missing = [...counts.keys()].filter((keyId) => !ids.includes(keyId)).sort();
    return [...ids, ...missing].map((keyId) => ({
      keyId,
      tokens: counts.get(keyId) ?? 0,
      primary: keyId === primaryId,
      available: ids.includes(keyId),
    }));
  }

  /**
   * Re-encrypts every token that another key than the primary seals. Readers never wait and never fail. Run it again
   * after an interruption, or for what was skipped; several processes may run it at once.
   *
   * @returns what was done; `left` above 0 means: run it again before the old key is removed
   * @throws ConfigurationError before anything is written, when the ring lacks a key that tokens need, or when its
   * primary key is not the one that sealed under that id
   */
  async rotate(options: RotateOptions = {}): Promise<RotationReport> {
    const { onProgress, signal } = options;
    const limit = batchSizeOf(options);
    const stale = await this.staleKeys();
    await this.probePrimary();
    let progress: RotationProgress = { done: 0, total: sumOf(stale), skipped: 0, unreadable: 0 };
    onProgress?.(progress);
    for (const { keyId } of stale) {
      for await (const rows of this.rows.pages({ instance: this.options.instance, keyId, limit })) {
        if (signal?.aborted === true) break;
        progress = plus(progress, await this.rotateRows(rows));
        onProgress?.(progress);
      }
    }
    const left = sumOf((await this.countByKey()).filter(({ primary }) => !primary));
    this.#logger.log(`Tokens re-encrypted: ${progress.done}; left on other keys: ${left}`);
    return { ...progress, left };
  }

  /**
   * Opens every token, and tells how many cannot be opened and why. Writes nothing and gives no value away.
   *
   * @param options - as for {@link KeyRotationService.rotate}
   */
  async verify(options: RotateOptions = {}): Promise<KeyVerification> {
    const { onProgress, signal } = options;
    const limit = batchSizeOf(options);
    const total = sumOf(await this.countByKey());
    const unreadable = { key_unavailable: 0, token_tampered: 0 };
    let checked = 0;
    for await (const rows of this.rows.pages({ instance: this.options.instance, keyId: null, limit })) {
      if (signal?.aborted === true) break;
      for (const row of rows) {
        const problem = problemOf(row, this.options.instance, this.keyRing);
        if (problem !== null) unreadable[problem] += 1;
      }
      checked += rows.length;
      const failed = unreadable.key_unavailable + unreadable.token_tampered;
      onProgress?.({ done: checked - failed, total, skipped: 0, unreadable: failed });
    }
    return { checked, unreadable };
  }

  /**
   * Gives up a key that is lost for good: its tokens are gone, and their owners' next flow renews them. Nothing can prove
   * any more that the rows of that key are as they were written, so whoever calls this vouches for the table.
   *
   * @param keyId - the key; one that is in the ring is refused
   * @returns how many rows were taken off it
   * @throws ConfigurationError before anything is written
   */
  async abandonKey(keyId: string): Promise<number> {
    const { keyRing } = this;
    if (keyRing.ids.includes(keyId)) {
      throw new ConfigurationError('keys', `still has the key "${keyId}": rotate, nothing is lost.`);
    }
    await this.probePrimary();
    const { instance } = this.options;
    let abandoned = 0;
    for await (const rows of this.rows.pages({ instance, keyId, limit: DEFAULT_BATCH_SIZE })) {
      const batch = rows.map((row) => ({
        userId: row.userId,
        authenticator: authenticateRow({ row, purpose: purposeOf(row.status), instance }, keyRing),
      }));
      abandoned += await this.rows.abandon(keyId, batch, keyRing.primaryId);
    }
    this.#logger.warn(
      `Key "${keyId}" was given up: ${abandoned} tokens are gone, and are renewed when needed`,
    );
    return abandoned;
  }

  /** Keys to rotate away from. What a key that is not there sealed cannot be opened: better no rotation than half. */
  private async staleKeys(): Promise<readonly KeyCount[]> {
    const stale = (await this.countByKey()).filter(({ primary, tokens }) => !primary && tokens > 0);
    const missing = stale.find(({ available }) => !available);
    if (missing !== undefined) {
      throw new ConfigurationError(
        'keys',
        `lacks the key "${missing.keyId}", which still seals ${missing.tokens} token(s). Add it back.`,
      );
    }
    return stale;
  }

  /**
   * A primary key that shares nothing but its id with the application's would seal what the application cannot open.
   * Only what the application sealed can tell.
   */
  private async probePrimary(): Promise<void> {
    const { primaryId } = this.keyRing;
    const rows = await this.rows.findFirst({
      instance: this.options.instance,
      keyId: primaryId,
      limit: PROBES,
    });
    const opens = (row: SealedRow): boolean => problemOf(row, this.options.instance, this.keyRing) === null;
    if (rows.length > 0 && !rows.some(opens)) {
      throw new ConfigurationError(
        'keys',
        `has a primary key "${primaryId}" that opens none of the tokens sealed under that id: it is another key of ` +
          'the same name. Nothing was rotated.',
      );
    }
  }

  private async rotateRows(rows: readonly SealedRow[]): Promise<Step> {
    const resealed: Resealed[] = [];
    const unreadable: string[] = [];
    for (const row of rows) {
      try {
        const { sealedToken, authenticator } = resealRow(row, this.options.instance, this.keyRing);
        resealed.push({ userId: row.userId, old: row, sealedToken, authenticator });
      } catch (error) {
        // It stays as it is, for it is evidence, and the others go on.
        unreadable.push(`${row.userId} (${reasonOf(error)})`);
      }
    }
    if (unreadable.length > 0) {
      this.#logger.error(
        `${unreadable.length} tokens cannot be opened, the first of row ${unreadable[0] ?? ''}`,
      );
    }
    const done = resealed.length === 0 ? 0 : await this.rows.replace(resealed, this.keyRing.primaryId);
    return { done, skipped: resealed.length - done, unreadable: unreadable.length };
  }
}

function plus(sum: RotationProgress, step: Step): RotationProgress {
  return {
    total: sum.total,
    done: sum.done + step.done,
    skipped: sum.skipped + step.skipped,
    unreadable: sum.unreadable + step.unreadable,
  };
}

function sumOf(counts: readonly KeyCount[]): number {
  return counts.reduce((sum, { tokens }) => sum + tokens, 0);
}

function batchSizeOf({ batchSize = DEFAULT_BATCH_SIZE }: RotateOptions): number {
  if (!Number.isInteger(batchSize) || batchSize < 1 || batchSize > MAX_BATCH_SIZE) {
    throw new ConfigurationError('batchSize', `must be a whole number from 1 to ${MAX_BATCH_SIZE}.`);
  }
  return batchSize;
}
