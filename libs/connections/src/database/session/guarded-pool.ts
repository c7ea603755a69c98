import type { PgClient } from './database-session.js';

/** Releases a session; `true` destroys it. */
export type Release = (destroy?: boolean) => void;

/** The part of a `pg` pool that is used here. */
export interface PgPool {
  on(event: 'acquire' | 'connect', listener: (client: PgClient) => void): unknown;
  readonly totalCount?: number;
  readonly idleCount?: number;
  readonly waitingCount?: number;
}

/** The part of TypeORM's driver for PostgreSQL that is used here. */
export interface PgDriver {
  readonly master?: PgPool;
  readonly slaves?: readonly PgPool[];
  obtainMasterConnection(): Promise<[PgClient, Release]>;
}

/** Pools with listeners, and sessions with the start of their listener: one map per process, since pools are shared. */
const GUARDED = new WeakSet<object>();
const SINCE = new WeakMap<object, number>();

/**
 * Gives every session of the pool a listener for errors, from its first moment: between two owners of a session there is
 * a moment in which neither the pool nor TypeORM listens, and an `error` event without a listener ends the process.
 */
export function guard(driver: PgDriver): void {
  for (const pool of [driver.master, ...(driver.slaves ?? [])]) {
    if (pool !== undefined && !GUARDED.has(pool)) {
      GUARDED.add(pool);
      // `acquire` is emitted at each change of owner, before the pool takes its own listener off: it also finds the sessions
      // that were there before.
      pool.on('acquire', listen);
    }
  }
}

/** When a session got its listener, by `performance.now()`. */
export function guardedSince(client: PgClient): number {
  return SINCE.get(client) ?? 0;
}

function listen(client: PgClient): void {
  if (!SINCE.has(client)) {
    SINCE.set(client, performance.now());
    client.on('error', ignore);
  }
}

function ignore(): void {
  // The owner of the session gets the error from its statement; the pool removes a session that is idle.
}
