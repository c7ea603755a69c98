/**
 * Repeats a task during some work, as the extension of a lease. The next beat follows a failed one; beats never overlap.
 *
 * @param intervalMs - milliseconds between two beats
 * @returns a function that stops it
 */
export function startHeartbeat(intervalMs: number, beat: () => Promise<unknown>): () => void {
  let isBeating = false;
  const timer = setInterval(() => {
    if (isBeating) {
      return;
    }
    isBeating = true;
    beat()
      .catch(() => undefined)
      .finally(() => {
        isBeating = false;
      });
  }, intervalMs);
  timer.unref();
  return () => {
    clearInterval(timer);
  };
}

/**
 * Runs work under a lease that is extended until the work ends: the lease may be short, so that the end of a process is
 * noticed soon, and still cover work that takes longer.
 *
 * @param leaseSeconds - of the lease; it is extended each third of that
 * @param extend - extends it; what it throws is ignored, since the fencing token is checked by the final write
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
