import type { ServerName, SystemName } from '../control/protocol.js';
import { closedLoop, type LoopResult, type MayGoOn } from '../load/closed-loop.js';
import { FlowRunner, type FlowTimes } from '../load/flow.js';
import { untilCount } from '../load/until.js';
import type { Bench } from '../bench.js';
import { expectCount, latencyOf, type Measured, type Workload } from './workload.js';

/** Between phases the compiler's work may have been thrown away and the caches be cold. */
const RUN_IN_SHARE = 0.25;
/** The first phase goes on until the compiler has seen this many flows, on a slow machine too; within limits. */
const WARM_FLOWS = 3000;
const WARM_AT_MOST = 3;

/** Connect and callback of owners who were never seen before. */
export class Flows implements Workload {
  readonly title = 'Connect and callback';
  readonly unit = 'flow';
  readonly startsPaused = false;
  readonly systems: readonly ServerName[];
  readonly #runners = new Map<SystemName, FlowRunner>();
  readonly #done = new Map<SystemName, number>();

  constructor(private readonly bench: Bench) {
    this.systems = bench.settings.systems;
  }

  /** Flows done by a system so far, warm-up included. */
  doneBy(system: SystemName): number {
    return this.#done.get(system) ?? 0;
  }

  async warmUp(system: ServerName): Promise<string | null> {
    const { warmupSeconds } = this.bench.settings;
    const atMost = warmupSeconds * WARM_AT_MOST;
    const { results } = await this.load(
      system,
      (seconds, flows) => seconds < warmupSeconds || (flows < WARM_FLOWS && seconds < atMost),
    );
    return results.length >= WARM_FLOWS
      ? null
      : `${system}: the warm-up was cut short after ${results.length} flows, so its figures are too high`;
  }

  async measure(system: ServerName): Promise<Measured> {
    const { seconds: length } = this.bench.settings;
    await this.bench.emptySandbox();
    await this.load(system, (seconds) => seconds < length * RUN_IN_SHARE);
    return this.bench.meter(system).measure(async () => {
      const { results } = await this.load(system, (passed) => passed < length);
      return {
        operations: results.length,
        latency: latencyOf(results.map(({ connectMs, callbackMs }) => connectMs + callbackMs)),
      };
    });
  }

  async verify(): Promise<void> {
    for (const system of this.systems) {
      const { otherAttempts, undelivered, ...stored } = await this.bench.stored.storedFlows(system);
      for (const [what, count] of Object.entries(stored)) {
        expectCount(`${system}: ${what}`, count, this.doneBy(system));
      }
      expectCount(`${system}: attempts that are not connected`, otherAttempts, 0);
      expectCount(`${system}: events not delivered`, undelivered, 0);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#runners.values()].map((runner) => runner.close()));
  }

  /** Ends when every event of its flows was delivered and marked: that is the server's work too. */
  private async load(system: ServerName, mayGoOn: MayGoOn): Promise<LoopResult<FlowTimes>> {
    const { settings, stored: database, sandboxUrl } = this.bench;
    const { server } = this.bench.meter(system);
    const runner =
      this.#runners.get(system) ?? new FlowRunner(system, server.url, sandboxUrl, settings.concurrency);
    this.#runners.set(system, runner);
    const result = await closedLoop(() => runner.run(), settings.concurrency, mayGoOn);
    const flows = this.doneBy(system) + result.results.length;
    this.#done.set(system, flows);
    await untilCount(
      `${system}: events delivered`,
      flows,
      async () => flows - (await database.waitingEvents(system === 'baseline')),
    );
    const { delivered } = await server.usage();
    if (delivered < flows) {
      throw new Error(`${system}: ${delivered} events reached the handler, of ${flows} flows`);
    }
    return result;
  }
}
