/** Stands for an answer that did not come in time. */
export const TOO_LATE = Symbol('too late');

/**
 * Runs code of the host for a limited time.
 *
 * @param run - its signal aborts when the time is over; what it answers later is dropped
 */
export async function withinTime<T>(
  timeoutMs: number,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T | typeof TOO_LATE> {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<typeof TOO_LATE>((resolve) => {
    timer = setTimeout(() => {
      resolve(TOO_LATE);
      abort.abort();
    }, timeoutMs);
  });
  try {
    return await Promise.race([run(abort.signal), tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
