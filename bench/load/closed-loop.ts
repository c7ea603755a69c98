/** What a loop did. */
export interface LoopResult<T> {
  readonly results: readonly T[];
  /** From the first start to the last end. */
  readonly seconds: number;
}

/** Tells whether another operation is to be started, by the seconds passed and the operations begun. */
export type MayGoOn = (seconds: number, begun: number) => boolean;

/**
 * Runs an operation, `concurrency` at a time, each user starting the next one when the last one has ended. Operations
 * under way when it is over are finished, and counted.
 */
export async function closedLoop<T>(
  operation: () => Promise<T>,
  concurrency: number,
  mayGoOn: MayGoOn,
): Promise<LoopResult<T>> {
  const results: T[] = [];
  let begun = 0;
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1000;
  const user = async (): Promise<void> => {
    while (mayGoOn(seconds(), begun)) {
      begun += 1;
      results.push(await operation());
    }
  };
  await Promise.all(Array.from({ length: concurrency }, user));
  return { results, seconds: seconds() };
}

/** Milliseconds that an operation takes. */
export async function timed(operation: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await operation();
  return performance.now() - started;
}
