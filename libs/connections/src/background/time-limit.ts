/**
 * Waits for work, but not longer than a limit. Work that is late continues; its result is ignored.
 *
 * @param ms - milliseconds
 * @param work - may throw at once
 * @param late - makes the error of a limit that passed
 */
export async function withTimeLimit<T>(ms: number, work: () => Promise<T>, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(late());
    }, ms);
  });
  try {
    return await Promise.race([work(), limit]);
  } finally {
    clearTimeout(timer);
  }
}
