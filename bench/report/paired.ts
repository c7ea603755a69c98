import { median, percentile } from '../load/statistics.js';
import type { Phase } from './figures.js';

/** The system without telemetry, and the same with it. */
const [UNTRACED, TRACED] = ['fastify-untraced', 'fastify'] as const;

/**
 * Compares telemetry without an SDK with no telemetry at all: the ratios of CPU in rounds in which both did the same work.
 *
 * @returns null when they are not both part of the run
 */
export function telemetryCost(phases: readonly Phase[]): string | null {
  const ratios = phases
    .filter(({ system }) => system === TRACED)
    .flatMap((phase) => {
      const { workload, rows, round } = phase;
      const without = phases.find(
        (other) =>
          other.system === UNTRACED &&
          other.workload === workload &&
          other.rows === rows &&
          other.round === round,
      );
      return without === undefined ? [] : [phase.cpuPer1000 / without.cpuPer1000];
    });
  if (ratios.length === 0) {
    return null;
  }
  // Of a normal distribution, the standard error of a median is 1.25 times that of the mean; by the quartiles, since some rounds are far off.
  const deviation = (percentile(ratios, 0.75) - percentile(ratios, 0.25)) / 1.35;
  const error = (1.25 * deviation) / Math.sqrt(ratios.length);
  return (
    `Telemetry without an SDK: x ${median(ratios).toFixed(4)} of the CPU without telemetry, standard error ${error.toFixed(4)}; ` +
    `quartiles ${percentile(ratios, 0.25).toFixed(3)} and ${percentile(ratios, 0.75).toFixed(3)} of ${ratios.length} rounds`
  );
}
