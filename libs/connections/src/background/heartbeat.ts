/**
 * Repeats something while work goes on, as the extension of a lease. A beat that fails is followed by the next; one that
 * takes long is not joined by another.
 *
 * @param intervalMs - milliseconds between two beats
 * @returns stops it
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
 * noticed soon, and is still longer than the work that it covers.
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
