import { setTimeout as sleep } from 'node:timers/promises';
import { v4 as uuidv4 } from 'uuid';
import { StorageError } from '../errors/index.js';
import { NO_SESSION } from '../errors/storage.error.js';
import { isOfPrivilege } from './session/storage-error.js';

/** How long a failed operation is retried, and which failures are. */
export interface RetryPolicy {
  /**
   * Milliseconds from the first try within which the last one begins.
   *
   * @default 5000
   */
  readonly withinMs?: number;
  /**
   * Whether a second run of a statement that may have taken effect does no harm: it reads, or its predicate or key makes
   * the second run change nothing.
   *
   * @default false
   */
  readonly repeatable?: boolean;
}

const DEFAULT_WITHIN_MS = 5000;
const FIRST_PAUSE_MS = 20;
const MAX_PAUSE_MS = 1000;

/**
 * Runs an operation that the database may refuse for a temporary reason: a lock or statement timeout, a deadlock, a
 * serialisation failure, a read-only session, a restart, a lost connection. Delays between tries grow, with full
 * jitter. An operation that may have taken effect is run again only where the policy calls it repeatable.
 *
 * @param run - one try; its argument is the remaining time in milliseconds
 * @throws StorageError of the last try; any other error at once
 * @see RL-33
 * @internal
 */
export async function withRetries<T>(policy: RetryPolicy, run: (leftMs: number) => Promise<T>): Promise<T> {
  const deadline = performance.now() + (policy.withinMs ?? DEFAULT_WITHIN_MS);
  for (let tries = 0; ; tries += 1) {
    try {
      return await run(deadline - performance.now());
    } catch (error) {
      const pauseMs = jitteredPauseMs(tries);
      if (!isWorthRetrying(error, policy, tries) || performance.now() + pauseMs >= deadline) {
        throw error;
      }
      await sleep(pauseMs);
    }
  }
}

/** Exponential from 20 ms, at most 1 s, full jitter from the random bits of a uuid. */
export function jitteredPauseMs(tries: number): number {
  const fraction = Number.parseInt(uuidv4().slice(-8), 16) / 2 ** 32;
  return fraction * Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(tries, 10));
}

function isWorthRetrying(
  error: unknown,
  { repeatable = false, withinMs }: RetryPolicy,
  tries: number,
): boolean {
  if (!(error instanceof StorageError)) {
    return false;
  }
  if (error.sqlState === NO_SESSION && withinMs === undefined) {
    // The default wait is `database.acquireTimeoutMs`; a caller with more time sets its own.
    return false;
  }
  if (isOfPrivilege(error)) {
    // The session may have had a role of the application: then all sessions are replaced, and a new one proves the rest.
    return tries === 0;
  }
  return (error.transient || error.linkLost) && (error.outcome === 'refused' || repeatable);
}
