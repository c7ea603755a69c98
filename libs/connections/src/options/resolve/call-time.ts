import type { ResolvedPowens } from './resolved-options.js';

/** Milliseconds that a call to Powens waits for a free connection at most. */
export const MAX_QUEUE_WAIT_MS = 5_000;

/**
 * Milliseconds after which a call to Powens has certainly ended: the pauses between its tries, which end within
 * `totalTimeoutMs`, then the wait for a free connection and the whole time of the last try. Leases are derived from it.
 *
 * @internal
 */
export function longestCallMs({ totalTimeoutMs }: Pick<ResolvedPowens, 'totalTimeoutMs'>): number {
  return totalTimeoutMs + Math.min(MAX_QUEUE_WAIT_MS, totalTimeoutMs) + totalTimeoutMs;
}

/** Seconds by which a lease is longer than the longest call that it covers. */
const MARGIN_SECONDS = 10;

/**
 * Seconds of the lease of a claimed attempt. Longer than any one call to Powens by construction; it is extended while the
 * work continues, so that a crash is noticed after this time, however long the work takes.
 *
 * @internal
 */
export function attemptLeaseSeconds(powens: Pick<ResolvedPowens, 'totalTimeoutMs'>): number {
  return Math.ceil(longestCallMs(powens) / 1000) + MARGIN_SECONDS;
}

/**
 * Seconds of the lease under which one process changes a Powens user, or deletes a connection: option `lifecycle.leaseSeconds`,
 * but never shorter than any one call to Powens. It is extended while the work continues, which may be several calls.
 *
 * @internal
 */
export function changeLeaseSeconds({ lifecycle, powens }: LeaseOptions): number {
  return Math.max(lifecycle.leaseSeconds, attemptLeaseSeconds(powens));
}

interface LeaseOptions {
  readonly lifecycle: { readonly leaseSeconds: number };
  readonly powens: Pick<ResolvedPowens, 'totalTimeoutMs'>;
}
