import type { SystemName } from '../control/protocol.js';
import { median, type Latency } from '../load/statistics.js';
import type { Measured, Workload } from '../workloads/workload.js';

/** One system doing one kind of work in one round. */
export interface Phase {
  readonly workload: string;
  readonly system: SystemName;
  /** Rows that each table of the library was filled with. */
  readonly rows: number;
  readonly round: number;
  readonly operations: number;
  readonly seconds: number;
  readonly perSecond: number;
  /** CPU seconds of the process per 1 000 operations. */
  readonly cpuPer1000: number;
  /** The part of it spent in the kernel. */
  readonly systemPer1000: number;
  /** CPU seconds of its database sessions per 1 000 operations; null where they cannot be read. */
  readonly databasePer1000: number | null;
  readonly latency: Latency | null;
  readonly peakRssMib: number;
}

/** One system doing one kind of work, over all rounds: medians. */
export interface Summary extends Omit<Phase, 'round' | 'seconds'> {
  /** Median of the ratios to the baseline of the same round; null without a baseline. */
  readonly cpuRatio: number | null;
  readonly cpuRatioOfRounds: readonly number[];
  readonly databaseRatio: number | null;
  /** At most this many times the baseline's CPU is wanted; null without a target. */
  readonly target: number | null;
}

const TARGETS: Partial<Record<SystemName, number>> = { express: 5, fastify: 3 };

/** A phase out of what was measured. */
export function phaseOf(
  workload: Workload,
  measured: Measured,
  { system, rows, round }: Pick<Phase, 'system' | 'rows' | 'round'>,
): Phase {
  const { operations, seconds, latency } = measured;
  if (!(operations > 0) || !(seconds > 0) || !(measured.cpuMicros > 0)) {
    throw new Error(`${system} measured nothing: ${workload.title}, ${JSON.stringify(measured)}`);
  }
  const per1000 = (micros: number): number => micros / 1000 / operations;
  return {
    workload: workload.title,
    system,
    rows,
    round,
    operations,
    seconds,
    perSecond: operations / seconds,
    cpuPer1000: per1000(measured.cpuMicros),
    systemPer1000: per1000(measured.systemMicros),
    databasePer1000: measured.databaseMicros === null ? null : per1000(measured.databaseMicros),
    latency,
    peakRssMib: measured.peakRssBytes / 2 ** 20,
  };
}

/** Sums up every workload and system, each empty and filled, in the order of their first phase. */
export function summariesOf(phases: readonly Phase[], flowTitle: string): Summary[] {
  const groups = new Map<string, Phase[]>();
  for (const phase of phases) {
    const name = `${phase.workload}/${phase.system}/${phase.rows}`;
    groups.set(name, [...(groups.get(name) ?? []), phase]);
  }
  return [...groups.values()].map((group) => summaryOf(group, phases, flowTitle));
}

function summaryOf(group: readonly Phase[], all: readonly Phase[], flowTitle: string): Summary {
  const [first] = group;
  if (first === undefined) {
    throw new Error('a group of no phase');
  }
  const { workload, system, rows } = first;
  const of = (figure: (phase: Phase) => number | null): number | null => medianOf(group.map(figure));
  const number = (figure: (phase: Phase) => number): number => median(group.map(figure));
  const cpuRatioOfRounds = ratios(group, all, ({ cpuPer1000 }) => cpuPer1000);
  return {
    workload,
    system,
    rows,
    operations: group.reduce((sum, { operations }) => sum + operations, 0),
    perSecond: number(({ perSecond }) => perSecond),
    cpuPer1000: number(({ cpuPer1000 }) => cpuPer1000),
    systemPer1000: number(({ systemPer1000 }) => systemPer1000),
    databasePer1000: of(({ databasePer1000 }) => databasePer1000),
    latency:
      first.latency === null
        ? null
        : {
            p50: number(({ latency }) => latency?.p50 ?? NaN),
            p99: number(({ latency }) => latency?.p99 ?? NaN),
          },
    peakRssMib: Math.max(...group.map(({ peakRssMib }) => peakRssMib)),
    cpuRatio: medianOf(cpuRatioOfRounds),
    cpuRatioOfRounds,
    databaseRatio: medianOf(ratios(group, all, ({ databasePer1000 }) => databasePer1000 ?? NaN)),
    target: workload === flowTitle ? (TARGETS[system] ?? null) : null,
  };
}

/** Machines change from minute to minute: only what ran in one round is compared. */
function ratios(phases: readonly Phase[], all: readonly Phase[], figure: (phase: Phase) => number): number[] {
  return phases.flatMap((phase) => {
    const baseline = all.find(
      ({ system, workload, rows, round }) =>
        system === 'baseline' && workload === phase.workload && rows === phase.rows && round === phase.round,
    );
    return baseline === undefined ? [] : [figure(phase) / figure(baseline)];
  });
}

function medianOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value): value is number => value !== null && Number.isFinite(value));
  return known.length === 0 ? null : median(known);
}
