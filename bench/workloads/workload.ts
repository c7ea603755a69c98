import type { SystemName, Usage } from '../control/protocol.js';
import type { ServerProcess } from '../control/server-process.js';
import type { BackendCpu } from '../database/backend-cpu.js';
import { percentile, type Latency } from '../load/statistics.js';

/** What one phase did. */
export interface Measured {
  readonly operations: number;
  readonly seconds: number;
  /** Microseconds of the process; those in the kernel; those of its database sessions, null where unknown. */
  readonly cpuMicros: number;
  readonly systemMicros: number;
  readonly databaseMicros: number | null;
  readonly peakRssBytes: number;
  readonly latency: Latency | null;
}

/** One kind of work, for those systems that can do it. */
export interface Workload {
  readonly title: string;
  /** What is counted: `flow`, `webhook`. */
  readonly unit: string;
  readonly systems: readonly SystemName[];
  /** Whether a phase begins with the process paused, and resumes it itself. */
  readonly startsPaused: boolean;
  /** The first load, not measured. @returns what a reader must know of it */
  warmUp(system: SystemName): Promise<string | null>;
  /** One phase, once all its work is done and stored. */
  measure(system: SystemName): Promise<Measured>;
  /** Compares what is stored with what was done: a system that skipped work would look fast. @throws Error */
  verify(): Promise<void>;
}

/** What a phase did, without what it cost. */
export type Work = Pick<Measured, 'operations' | 'latency'>;

interface Snapshot {
  readonly at: number;
  readonly usage: Usage;
  readonly database: number | null;
}

/** A process, paused between its phases, with what it and its database sessions use. */
export class Meter {
  /** Used before the pause; nothing is used during it. */
  #atPause: Snapshot | null = null;

  constructor(
    readonly server: ServerProcess,
    private readonly system: SystemName,
    private readonly backends: BackendCpu,
  ) {}

  /** Notes what was used so far, and stops its clock. */
  async pause(): Promise<void> {
    this.#atPause = await this.snapshot();
    await this.server.pause();
  }

  /** Lets it go on. */
  async resume(): Promise<void> {
    this.#atPause = null;
    await this.server.resume();
  }

  /**
   * Measures what it costs to do something.
   *
   * @param work - ends when all its work is done; gives how much that was
   */
  async measure(work: () => Promise<Work>): Promise<Measured> {
    return this.cost(await this.snapshot(), work);
  }

  /** Measures what a paused process does by itself from the moment it goes on. */
  async measureResumed(work: () => Promise<Work>): Promise<Measured> {
    if (this.#atPause === null) {
      throw new Error(`${this.system} is not paused`);
    }
    const before = { ...this.#atPause, at: performance.now() };
    await this.resume();
    return this.cost(before, work);
  }

  private async snapshot(): Promise<Snapshot> {
    const usage = await this.server.usage();
    return { usage, database: await this.backends.micros(this.system), at: performance.now() };
  }

  private async cost(before: Snapshot, work: () => Promise<Work>): Promise<Measured> {
    const done = await work();
    const seconds = (performance.now() - before.at) / 1000;
    const after = await this.snapshot();
    return {
      ...done,
      seconds,
      cpuMicros: after.usage.cpuMicros - before.usage.cpuMicros,
      systemMicros: after.usage.systemMicros - before.usage.systemMicros,
      databaseMicros:
        before.database === null || after.database === null ? null : after.database - before.database,
      peakRssBytes: after.usage.peakRssBytes,
    };
  }
}

export function latencyOf(times: readonly number[]): Latency | null {
  return times.length === 0 ? null : { p50: percentile(times, 0.5), p99: percentile(times, 0.99) };
}

/** @throws Error when a count is not what it must be */
export function expectCount(what: string, found: number, expected: number): void {
  if (found !== expected) {
    throw new Error(`${what}: ${found} instead of ${expected}`);
  }
}
