import type { SystemName } from '../control/protocol.js';
import { median } from '../load/statistics.js';

/** p50 and p99, in milliseconds. */
export interface Latency {
  readonly p50: number;
  readonly p99: number;
}

/** One system in one round. */
export interface Phase {
  readonly system: SystemName;
  readonly round: number;
  readonly flows: number;
  readonly seconds: number;
  readonly flowsPerSecond: number;
  /** CPU seconds of the server's process per 1 000 flows. */
  readonly cpuPer1000: number;
  /** The part of it spent in the kernel. */
  readonly systemPer1000: number;
  /** Connect and callback of a flow added up, without the webview step. */
  readonly serverMs: Latency;
  readonly connectMs: Latency;
  readonly callbackMs: Latency;
  readonly peakRssMib: number;
}

/** One system over all rounds: medians. */
export interface Summary extends Omit<Phase, 'round' | 'flows' | 'seconds'> {
  readonly flows: number;
  /** Median of the ratios to the baseline of the same round; null without a baseline. */
  readonly cpuRatio: number | null;
  readonly cpuRatioOfRounds: readonly number[];
  readonly throughputRatio: number | null;
  /** At most this many times the baseline's CPU is wanted; null for a system without a target. */
  readonly target: number | null;
}

const TARGETS: Partial<Record<SystemName, number>> = { express: 5, fastify: 3 };

/** Sums the phases of one system up. */
export function summaryOf(system: SystemName, all: readonly Phase[]): Summary {
  const phases = all.filter((phase) => phase.system === system);
  const of = (figure: (phase: Phase) => number): number => median(phases.map(figure));
  const latency = (which: 'serverMs' | 'connectMs' | 'callbackMs'): Latency => ({
    p50: of((phase) => phase[which].p50),
    p99: of((phase) => phase[which].p99),
  });
  const cpuRatioOfRounds = ratios(phases, all, ({ cpuPer1000 }) => cpuPer1000);
  const throughput = ratios(phases, all, ({ flowsPerSecond }) => flowsPerSecond);
  return {
    system,
    flows: phases.reduce((sum, { flows }) => sum + flows, 0),
    flowsPerSecond: of(({ flowsPerSecond }) => flowsPerSecond),
    cpuPer1000: of(({ cpuPer1000 }) => cpuPer1000),
    systemPer1000: of(({ systemPer1000 }) => systemPer1000),
    serverMs: latency('serverMs'),
    connectMs: latency('connectMs'),
    callbackMs: latency('callbackMs'),
    peakRssMib: Math.max(...phases.map(({ peakRssMib }) => peakRssMib)),
    cpuRatio: cpuRatioOfRounds.length === 0 ? null : median(cpuRatioOfRounds),
    cpuRatioOfRounds,
    throughputRatio: throughput.length === 0 ? null : median(throughput),
    target: TARGETS[system] ?? null,
  };
}

/** Machines change from minute to minute: only what ran in one round is compared. */
function ratios(phases: readonly Phase[], all: readonly Phase[], figure: (phase: Phase) => number): number[] {
  return phases.flatMap((phase) => {
    const baseline = all.find(({ system, round }) => system === 'baseline' && round === phase.round);
    return baseline === undefined ? [] : [figure(phase) / figure(baseline)];
  });
}
