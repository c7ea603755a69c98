/**
 * Time and chance, as the transport uses them. Handed in, so that a test decides what happens when.
 *
 * @internal
 */
export interface Clock {
  /** Milliseconds of a clock that never jumps, for deadlines. */
  readonly monotonicMs: () => number;
  /** Milliseconds since the epoch, to read dates that a server sends. */
  readonly epochMs: () => number;
  /** A number of `[0, 1)`, for jitter only: nothing secret is made of it. */
  readonly random: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

/**
 * The clock of this process.
 *
 * @internal
 */
export const SYSTEM_CLOCK: Clock = {
  monotonicMs: () => performance.now(),
  epochMs: () => Date.now(),
  random: () => Math.random(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};
