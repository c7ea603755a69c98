import { Inject, Injectable, Optional, type Logger } from '@nestjs/common';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { ConfigurationError } from '../../errors/index.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { authenticateRow } from '../authenticator.js';
import { KeyRing } from '../crypto/key-ring.js';
import { ConnectionMacs, reportUnreadable } from './connection-macs.js';
import { KeyRotationRepository } from './key-rotation.repository.js';
import type { Resealed } from './key-rotation.rows.js';
import type {
  KeyCount,
  KeyVerification,
  RotateOptions,
  RotationProgress,
  RotationReport,
} from './key-rotation.types.js';
import { PowensUserRepository } from '../powens-user.repository.js';
import {
  batchSizeOf,
  DEFAULT_BATCH_SIZE,
  plus,
  sumOf,
  until,
  type RotationRun,
  type RotationStep,
} from './rotation-run.js';
import {
  problemOf,
  purposeOf,
  reasonOf,
  resealRow,
  type SealedRow,
  type UnreadableReason,
} from '../sealed-row.js';
import { loggerOf } from '../../options/registration/logger-of.js';

/** Rows that are read before a primary key is reported as another key with the same id. */
const PROBES = 10;

/**
 * Moves sealed tokens from one encryption key to the next while the application runs: add the key, make it the first,
 * rotate, count, remove the old one. See `docs/key-management.md`.
 *
 * @public
 */
@Injectable()
export class KeyRotationService {
  readonly #logger: Logger;
  readonly #connections: ConnectionMacs;

  /** @internal */
  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: Pick<ResolvedOptions, 'instance'>,
    private readonly keyRing: KeyRing,
    private readonly users: PowensUserRepository,
    private readonly rows: KeyRotationRepository,
    @Optional() @Inject(AuditTrail) private readonly audit?: Pick<AuditTrail, 'addOwn'>,
  ) {
    this.#logger = loggerOf('ConnectionsKeys', options);
    this.#connections = new ConnectionMacs(options, keyRing, rows);
  }

  /** Counts the rows that need each key, the primary key first. An old key of the ring at 0 may be removed. */
  async countByKey(): Promise<readonly KeyCount[]> {
    const { ids, primaryId } = this.keyRing;
    const counts = await this.users.countByKey();
    const connections = await this.rows.countConnectionsByKey();
    const needed = new Set([...counts.keys(), ...connections.keys()]);
    const missing = [...needed].filter((keyId) => !ids.includes(keyId)).sort();
    return [...ids, ...missing].map((keyId) => ({
      keyId,
      tokens: counts.get(keyId) ?? 0,
      connections: connections.get(keyId) ?? 0,
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
    const progress: RotationProgress = { done: 0, total: sumOf(stale), skipped: 0, unreadable: 0 };
    onProgress?.(progress);
    const { done, ...rest } = await this.rotateAll(stale, limit, { progress, onProgress, signal });
    const left = sumOf((await this.countByKey()).filter(({ primary }) => !primary));
    this.audit?.addOwn('keys.rotate');
    this.#logger.log(`Tokens re-encrypted, connections authenticated anew: ${done}; left: ${left}`);
    return { done, ...rest, left };
  }

  /**
   * Opens every token, and counts those that cannot be opened, by reason. Writes nothing and reveals no value.
   *
   * @param options - as for {@link KeyRotationService.rotate}
   */
  async verify(options: RotateOptions = {}): Promise<KeyVerification> {
    const { onProgress, signal } = options;
    const limit = batchSizeOf(options);
    const total = sumOf(await this.countByKey());
    const unreadable = { key_unavailable: 0, token_tampered: 0 };
    let checked = 0;
    const report = (problem: UnreadableReason | null): void => {
      if (problem !== null) unreadable[problem] += 1;
    };
    const count = (rows: number): void => {
      checked += rows;
      const failed = unreadable.key_unavailable + unreadable.token_tampered;
      onProgress?.({ done: checked - failed, total, skipped: 0, unreadable: failed });
    };
    const { instance } = this.options;
    const tokens = this.rows.pages({ instance, keyId: null, limit });
    for await (const rows of until(signal, tokens)) {
      for (const row of rows) report(problemOf(row, instance, this.keyRing));
      count(rows.length);
    }
    for await (const rows of until(signal, this.rows.connectionPages(limit))) {
      this.#connections.problemsOf(rows).forEach(report);
      count(rows.length);
    }
    return { checked, unreadable };
  }

  /**
   * Abandons a key that is permanently lost: its tokens are deleted, and the next flow of each owner renews them. Nothing can
   * prove that the rows of that key are authentic, so the caller vouches for the table.
   *
   * @param keyId - the key; one that is in the ring is refused
   * @returns the number of rows that used it
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
    for await (const rows of this.rows.connectionPages(DEFAULT_BATCH_SIZE)) {
      await this.#connections.abandon(rows, keyId);
    }
    this.audit?.addOwn('keys.abandon');
    this.#logger.warn(
      `Key "${keyId}" was given up: ${abandoned} tokens are gone, and are renewed when needed`,
    );
    return abandoned;
  }

  /** Keys to replace. If one is missing from the ring, its tokens cannot be opened: no rotation is better than half of one. */
  private async staleKeys(): Promise<readonly KeyCount[]> {
    const stale = (await this.countByKey()).filter((key) => !key.primary && sumOf([key]) > 0);
    const missing = stale.find(({ available }) => !available);
    if (missing !== undefined) {
      throw new ConfigurationError(
        'keys',
        `lacks the key "${missing.keyId}", which still seals ${missing.tokens} token(s) and authenticates ` +
          `${missing.connections} connection(s). Add it back.`,
      );
    }
    return stale;
  }

  /**
   * A primary key that shares only its id with the application's key would seal tokens that the application cannot open.
   * Only a token that the application sealed can prove that the key is the same.
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

  /** Rotates the tokens key by key, then the connections, and reports each batch. */
  private async rotateAll(
    stale: readonly KeyCount[],
    limit: number,
    { onProgress, signal, ...begun }: RotationRun,
  ): Promise<RotationProgress> {
    let { progress } = begun;
    const note = (step: RotationStep): void => {
      progress = plus(progress, step);
      onProgress?.(progress);
    };
    for (const { keyId } of stale) {
      const pages = this.rows.pages({ instance: this.options.instance, keyId, limit });
      for await (const rows of until(signal, pages)) note(await this.rotateRows(rows));
    }
    if (stale.some(({ connections }) => connections > 0)) {
      const pages = this.rows.connectionPages(limit);
      for await (const rows of until(signal, pages)) note(await this.#connections.rotate(rows));
    }
    return progress;
  }

  private async rotateRows(rows: readonly SealedRow[]): Promise<RotationStep> {
    const resealed: Resealed[] = [];
    const unreadable: string[] = [];
    for (const row of rows) {
      try {
        const { sealedToken, authenticator } = resealRow(row, this.options.instance, this.keyRing);
        resealed.push({ userId: row.userId, old: row, sealedToken, authenticator });
      } catch (error) {
        // The row is evidence and stays unchanged; the run continues with the others.
        unreadable.push(`${row.userId} (${reasonOf(error)})`);
      }
    }
    reportUnreadable(this.#logger, 'tokens cannot be opened', unreadable);
    const done = resealed.length === 0 ? 0 : await this.rows.replace(resealed, this.keyRing.primaryId);
    return { done, skipped: resealed.length - done, unreadable: unreadable.length };
  }
}
