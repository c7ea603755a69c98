/**
 * Waits for code of the host, but not longer than a limit. What is late continues; its result is ignored.
 *
 * @param ms - milliseconds
 * @param work - may throw at once; its signal aborts when the time is over
 * @param late - makes the error of a limit that passed
 */
export async function withTimeLimit<T>(
  ms: number,
  work: (signal: AbortSignal) => Promise<T>,
  late: () => Error,
): Promise<T> {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(late());
      abort.abort();
    }, ms);
  });
  try {
    return await Promise.race([work(abort.signal), limit]);
  } finally {
    clearTimeout(timer);
  }
}
