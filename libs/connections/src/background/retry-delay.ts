const FIRST_MS = 1000;
const MAX_MS = 15 * 60 * 1000;

/**
 * Computes the delay before the next try: exponential from 1 s, at most 15 min, with jitter so that many processes do
 * not retry in step.
 *
 * @param tries - tries so far, from 1
 * @param random - 0 to 1, exclusive
 * @returns milliseconds
 * @see RL-23
 */
export function retryDelayMs(tries: number, random: number): number {
  const ceiling = Math.min(MAX_MS, FIRST_MS * 2 ** Math.min(tries - 1, 30));
  // Half of it is fixed: delays close to zero would use up all tries within a second.
  return Math.round(ceiling / 2 + (ceiling / 2) * random);
}

/**
 * Takes the jitter of a retry from the random bits of an id, so that no generator is needed.
 *
 * @param uuid - random in its last four digits
 * @returns 0 to 1, exclusive
 */
export function jitterOf(uuid: string): number {
  return Number.parseInt(uuid.slice(-4), 16) / 0x10000;
}
