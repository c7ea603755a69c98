const FIRST_MS = 1000;
const CAP_MS = 15 * 60 * 1000;

/**
 * Tells how long to wait before the next delivery: exponential from 1 s, at most 15 min, with full jitter so that a
 * fleet does not come back in step.
 *
 * @param deliveries - deliveries tried so far, from 1
 * @param random - 0 to 1, exclusive
 * @returns milliseconds
 * @see RL-23
 */
export function retryDelayMs(deliveries: number, random: number): number {
  const ceiling = Math.min(CAP_MS, FIRST_MS * 2 ** Math.min(deliveries - 1, 30));
  // Half of it fixed: a delay of nearly nothing would burn the tries within a second.
  return Math.round(ceiling / 2 + (ceiling / 2) * random);
}
