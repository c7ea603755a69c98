import { setTimeout as sleep } from 'node:timers/promises';
import type { SystemName } from './control/protocol.js';
import type { ServerProcess } from './control/server-process.js';
import { closedLoop, type LoopResult, type MayGoOn } from './load/closed-loop.js';
import { FlowRunner } from './load/flow.js';
import { percentile } from './load/statistics.js';
import type { Latency, Phase } from './report/figures.js';
import type { Settings } from './settings.js';

/** Between phases the compiler's work may have been thrown away and the caches be cold. */
const RUN_IN_SECONDS = 1;
/** The first phase goes on until the compiler has seen this many flows, on a slow machine too; within limits. */
const WARM_FLOWS = 3000;
const WARM_AT_MOST_SECONDS = 15;
/** Enough for the last events to be delivered: that is a server's work too. */
const SETTLE_MS = 300;

/** A measured server with what it was seen to do. */
export class MeasuredSystem {
  readonly #runner: FlowRunner;
  #flows = 0;

  constructor(
    readonly name: SystemName,
    readonly server: ServerProcess,
    private readonly sandboxUrl: string,
    private readonly settings: Settings,
  ) {
    this.#runner = new FlowRunner(server.url, sandboxUrl, settings.concurrency);
  }

  /** Flows done so far, warm-up included. */
  get flows(): number {
    return this.#flows;
  }

  /**
   * The first load, not measured.
   *
   * @returns whether it saw enough flows: a server that is still being compiled costs more than it will
   */
  async warmUp(): Promise<boolean> {
    const { warmupSeconds } = this.settings;
    const { times } = await this.load(
      (seconds, flows) => seconds < warmupSeconds || (flows < WARM_FLOWS && seconds < WARM_AT_MOST_SECONDS),
    );
    return times.length >= WARM_FLOWS;
  }

  /** One phase. */
  async measure(round: number): Promise<Phase> {
    await this.emptySandbox();
    await this.load((seconds) => seconds < RUN_IN_SECONDS);
    const before = await this.server.usage();
    const { times, seconds } = await this.load((passed) => passed < this.settings.seconds);
    const after = await this.server.usage();
    if (after.delivered !== this.#flows) {
      throw new Error(`${this.name} delivered ${after.delivered} events for ${this.#flows} flows`);
    }
    return {
      system: this.name,
      round,
      flows: times.length,
      seconds,
      flowsPerSecond: times.length / seconds,
      cpuPer1000: (after.cpuMicros - before.cpuMicros) / 1000 / times.length,
      systemPer1000: (after.systemMicros - before.systemMicros) / 1000 / times.length,
      serverMs: latencyOf(times.map(({ connectMs, callbackMs }) => connectMs + callbackMs)),
      connectMs: latencyOf(times.map(({ connectMs }) => connectMs)),
      callbackMs: latencyOf(times.map(({ callbackMs }) => callbackMs)),
      peakRssMib: after.peakRssBytes / 2 ** 20,
    };
  }

  async close(): Promise<void> {
    await this.#runner.close();
  }

  private async load(mayGoOn: MayGoOn): Promise<LoopResult> {
    const result = await closedLoop(this.#runner, this.settings.concurrency, mayGoOn);
    this.#flows += result.times.length;
    await sleep(SETTLE_MS);
    return result;
  }

  /** It keeps everything it ever gave out in memory: a later phase must not find it slower. Its ids go on. */
  private async emptySandbox(): Promise<void> {
    const answer = await fetch(`${this.sandboxUrl}/sandbox/reset`, { method: 'POST' });
    if (answer.status !== 204) {
      throw new Error(`the sandbox answered ${answer.status} to a reset`);
    }
  }
}

function latencyOf(values: readonly number[]): Latency {
  return { p50: percentile(values, 0.5), p99: percentile(values, 0.99) };
}
