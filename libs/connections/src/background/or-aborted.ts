/**
 * Waits for `work`, but not longer than until `signal` aborts. What is late continues; its result is ignored. Leaves no listener on the
 * signal, which may live as long as the application.
 *
 * @returns undefined when the signal aborted first
 */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  const over = new AbortController();
  const aborted = new Promise<undefined>((resolve) => {
    const end = (): void => {
      resolve(undefined);
    };
    if (signal.aborted) {
      end();
    }
    signal.addEventListener('abort', end, { signal: over.signal });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    over.abort();
  }
}
