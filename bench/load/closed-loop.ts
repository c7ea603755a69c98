import type { FlowRunner, FlowTimes } from './flow.js';

/** What a loop did. */
export interface LoopResult {
  readonly times: readonly FlowTimes[];
  /** From the first start to the last end. */
  readonly seconds: number;
}

/** Tells whether another flow is to be started. */
export type MayGoOn = (seconds: number, flows: number) => boolean;

let owners = 0;

/**
 * Runs flows, `concurrency` at a time, each user starting the next one when the last one has ended. Flows under way
 * when it is over are finished, and counted.
 */
export async function closedLoop(
  runner: FlowRunner,
  concurrency: number,
  mayGoOn: MayGoOn,
): Promise<LoopResult> {
  const times: FlowTimes[] = [];
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1000;
  const user = async (): Promise<void> => {
    while (mayGoOn(seconds(), times.length)) {
      owners += 1;
      times.push(await runner.run(`owner-${owners}`));
    }
  };
  await Promise.all(Array.from({ length: concurrency }, user));
  return { times, seconds: seconds() };
}
