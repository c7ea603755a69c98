import { until } from '../until.js';
import type { FlowApp } from './flow-app.js';
import { plant, type PlantedFault } from './observe.js';

/** Longer than any test. */
const FOR_EVER_MS = 3_600_000;

/** Calls to Powens that are held on their way. */
export interface Held {
  /** Waits until all of them have come to Powens, and were not processed yet. */
  arrived(): Promise<void>;
  /** Lets them go on. Other faults stay. */
  release(): Promise<void>;
}

/**
 * Holds the next calls that fit, until they are let go: what has to happen meanwhile may take any time. A delay in
 * milliseconds would be over too soon on a slow machine.
 */
export async function hold(
  app: FlowApp,
  ...calls: readonly Pick<PlantedFault, 'method' | 'path' | 'times'>[]
): Promise<Held> {
  const faults = `${app.sandbox.url}/sandbox/faults`;
  await plant(app, ...calls.map((call) => ({ ...call, kind: 'delay' as const, delayMs: FOR_EVER_MS })));
  return {
    arrived: async () =>
      until(async () => {
        const { faults: left } = (await (await fetch(faults)).json()) as { faults: PlantedFault[] };
        return !left.some(({ kind }) => kind === 'delay');
      }),
    release: async () => {
      await fetch(`${faults}?kind=delay`, { method: 'DELETE' });
    },
  };
}
