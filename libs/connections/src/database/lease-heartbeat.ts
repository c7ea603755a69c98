import { startHeartbeat } from './heartbeat.js';

/**
 * Runs work under a lease that is extended for as long as the work goes on: the lease may be short, so that a dead process
 * is noticed soon, and is still longer than the work that it covers.
 *
 * @param leaseSeconds - of the lease; it is extended each third of that
 * @param extend - extends it; what it throws is ignored, since the fencing token decides in the end
 * @internal
 */
export async function withHeartbeat<T>(
  leaseSeconds: number,
  extend: () => Promise<unknown>,
  work: () => Promise<T>,
): Promise<T> {
  const stop = startHeartbeat((leaseSeconds * 1000) / 3, extend);
  try {
    return await work();
  } finally {
    stop();
  }
}
