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
