import type { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { StorageError } from '../../errors/index.js';
import { NO_SESSION } from '../../errors/storage.error.js';
import type { PgClient } from './database-session.js';
import { storageError } from './storage-error.js';
import { guard, guardedSince, type PgDriver, type PgPool, type Release } from './guarded-pool.js';

/** A session that was taken, and the function that releases it. */
export interface TakenSession {
  readonly client: PgClient;
  readonly release: Release;
}

/** Milliseconds between two log lines about a pool without a free session. */
const LOG_EVERY_MS = 10_000;

/**
 * Takes sessions of the host's DataSource, always of the primary (RL-35).
 *
 * @internal
 */
export class SessionPool {
  #suspectUntil = -1;
  #loggedAt = -Infinity;

  constructor(
    private readonly dataSource: DataSource,
    private readonly acquireTimeoutMs: number,
    private readonly logger: Logger,
  ) {}

  /**
   * Takes a session that is outside of any transaction.
   *
   * @param withinMs - maximum wait, if it is less than the option
   * @throws StorageError of outcome `refused`: nothing was sent
   */
  async take(withinMs: number): Promise<TakenSession> {
    const limitMs = Math.max(1, Math.min(withinMs, this.acquireTimeoutMs));
    const deadline = performance.now() + limitMs;
    for (;;) {
      const taken = await this.obtain(deadline, limitMs);
      if (!this.isUnusable(taken.client)) {
        return taken;
      }
      taken.release(true);
    }
  }

  /** Replaces every session that exists now before it is used again: after a failover, all of them are sessions of a standby. */
  suspectAll(): void {
    this.#suspectUntil = performance.now();
  }

  private isUnusable(client: PgClient): boolean {
    if (guardedSince(client) <= this.#suspectUntil) {
      return true;
    }
    const status = client.getTransactionStatus?.() ?? 'I';
    if (status !== 'I') {
      // A write in a transaction that the host left open would be lost with it.
      this.logger.error(
        'The application gave a database session back inside of a transaction. It was closed; commit or roll back ' +
          'every transaction before its query runner is released.',
      );
    }
    return status !== 'I';
  }

  private async obtain(deadline: number, limitMs: number): Promise<TakenSession> {
    const driver = this.dataSource.driver as unknown as PgDriver;
    guard(driver);
    const pending = this.request(driver);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(resolve, Math.max(1, deadline - performance.now()), 'late');
    });
    try {
      const taken = await Promise.race([pending, late]);
      if (taken !== 'late') {
        return taken;
      }
    } finally {
      clearTimeout(timer);
    }
    // A session that arrives too late is released.
    pending.then(
      ({ release }) => {
        release();
      },
      () => undefined,
    );
    throw this.exhausted(driver.master, limitMs);
  }

  private async request(driver: PgDriver): Promise<TakenSession> {
    try {
      const [client, release] = await driver.obtainMasterConnection();
      return { client, release };
    } catch (error) {
      throw storageError(error, 'refused');
    }
  }

  private exhausted(pool: PgPool | undefined, limitMs: number): StorageError {
    const now = performance.now();
    const limit = `${Math.ceil(limitMs)} ms`;
    if (now - this.#loggedAt >= LOG_EVERY_MS) {
      this.#loggedAt = now;
      this.logger.error(
        `No database session was free within ${limit}: the pool has ${pool?.totalCount ?? '?'}, ` +
          `${pool?.idleCount ?? '?'} of them idle, and ${pool?.waitingCount ?? '?'} requests wait. Either the database ` +
          'is out of reach, or transactions of the application hold every session: make the pool larger, end them ' +
          'sooner, and call this library outside of them.',
      );
    }
    return new StorageError(NO_SESSION, null, {
      outcome: 'refused',
      message: `No database session was free within ${limit}.`,
    });
  }
}
