const RUNS = 7;

/**
 * How many times longer `work` takes for `large` than for `small`: what a machine's speed has no part in.
 *
 * Each is run several times by turns, and the best counts: it is the one that nothing else disturbed.
 */
export function growth<Input>(work: (input: Input) => unknown, small: Input, large: Input): number {
  const best = { small: Infinity, large: Infinity };
  for (let run = 0; run < RUNS; run += 1) {
    best.small = Math.min(
      best.small,
      timeOf(() => work(small)),
    );
    best.large = Math.min(
      best.large,
      timeOf(() => work(large)),
    );
  }
  return best.large / Math.max(best.small, 0.001);
}

function timeOf(work: () => unknown): number {
  const startedAt = performance.now();
  work();
  return performance.now() - startedAt;
}
