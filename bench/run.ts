import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import type { Bench } from './bench.js';
import { createBenchDatabase } from './database/bench-database.js';
import { phaseOf, summariesOf, type Phase } from './report/figures.js';
import { telemetryCost } from './report/paired.js';
import { reportOf } from './report/table.js';
import { readSettings, type Settings } from './settings.js';
import { startSystems } from './start-systems.js';
import { IdleSweeps, Processing, Purge, Relay, TokenReads } from './workloads/background.js';
import { Flows } from './workloads/flows.js';
import { Webhooks } from './workloads/webhooks.js';
import type { Workload } from './workloads/workload.js';

const RESULT = '.artifacts/bench.json';

/** What a reader of the figures must know. */
const notes: string[] = [];
const cleanUps: (() => Promise<unknown>)[] = [];
try {
  await main(readSettings());
} finally {
  for (const cleanUp of cleanUps.reverse()) {
    await cleanUp();
  }
}

async function main(settings: Settings): Promise<void> {
  const machine = machineOf();
  const database = await createBenchDatabase();
  cleanUps.push(() => database.drop());
  console.log(`${machine.cpu} x ${machine.cores}, Node ${machine.node}, load ${loadText()}`);
  console.log(
    `PostgreSQL ${Object.entries(database.server)
      .map(([name, value]) => `${name}=${value}`)
      .join(', ')}`,
  );
  console.log('Nest applications log at level warn; times of flows leave the webview step out\n');
  const bench = await startSystems(settings, database, (server) => {
    cleanUps.push(() => server.stop());
  });
  const isMaintained = database.server['autovacuum'] !== 'off';
  if (!isMaintained) {
    note('autovacuum is off on this server: its tables are vacuumed and analysed before each round');
  }
  const workloads = workloadsOf(bench);
  const phases = await measureAll(bench, workloads, isMaintained ? null : () => bench.stored.maintain());
  const summaries = summariesOf(phases, workloads[0]?.title ?? '');
  expectWhole(workloads, summaries.length, settings);
  console.log(`\n${reportOf(summaries)}\n`);
  const telemetry = telemetryCost(phases);
  if (telemetry !== null) {
    note(telemetry);
  }
  const result = {
    at: new Date().toISOString(),
    machine: { ...machine, loadAfter: loadavg() },
    postgresql: database.server,
    settings,
    notes,
    summaries,
    phases,
  };
  mkdirSync('.artifacts', { recursive: true });
  writeFileSync(RESULT, `${JSON.stringify(result, null, 2)}\n`);
  console.log(`Load at the end ${loadText()}. Written to ${RESULT}`);
  // Last, so that a count that is wrong does not cost the figures of all the others.
  for (const workload of workloads) {
    await workload.verify();
  }
}

function workloadsOf(bench: Bench): Workload[] {
  const flows = new Flows(bench);
  cleanUps.push(() => flows.close());
  if (bench.settings.flowsOnly) {
    return [flows];
  }
  const webhooks = new Webhooks(bench);
  cleanUps.push(() => webhooks.close());
  return [
    flows,
    webhooks,
    new Processing(bench, webhooks),
    new TokenReads(bench),
    new Relay(bench),
    new IdleSweeps(bench),
    new Purge(bench),
  ];
}

/** All rounds with empty tables, then all with full ones. */
async function measureAll(
  bench: Bench,
  workloads: readonly Workload[],
  maintain: (() => Promise<void>) | null,
): Promise<Phase[]> {
  for (const workload of workloads) {
    for (const system of workload.systems) {
      const remark = await inTurn(bench, { workload, system }, () => workload.warmUp(system));
      if (remark !== null) {
        note(remark);
      }
    }
  }
  const { rows } = bench.settings;
  const rounds = async (filled: number): Promise<Phase[]> =>
    measureRounds(bench, workloads, { rows: filled, maintain });
  const phases = await rounds(0);
  if (rows === 0) {
    return phases;
  }
  const began = performance.now();
  await bench.stored.fill(rows);
  console.log(
    `\nFilled in ${((performance.now() - began) / 1000).toFixed(0)} s, load ${loadText()}: ${JSON.stringify(await bench.stored.tableSizes())}`,
  );
  return [...phases, ...(await rounds(rows))];
}

/** Rounds of one phase per system. Every round begins with another one, so that none always follows the same. */
async function measureRounds(
  bench: Bench,
  workloads: readonly Workload[],
  { rows, maintain }: { rows: number; maintain: (() => Promise<void>) | null },
): Promise<Phase[]> {
  const phases: Phase[] = [];
  for (let round = 1; round <= bench.settings.rounds; round += 1) {
    await maintain?.();
    for (const workload of workloads) {
      const first = (round - 1) % workload.systems.length;
      for (const system of [...workload.systems.slice(first), ...workload.systems.slice(0, first)]) {
        const measured = await inTurn(bench, { workload, system }, () => workload.measure(system));
        const phase = phaseOf(workload, measured, { system, rows, round });
        phases.push(phase);
        printPhase(phase, workload.unit);
      }
    }
  }
  return phases;
}

/** Every other process is paused. */
async function inTurn<T>(
  bench: Bench,
  { workload, system }: { workload: Workload; system: Workload['systems'][number] },
  work: () => Promise<T>,
): Promise<T> {
  const meter = bench.meter(system);
  if (!workload.startsPaused) {
    await meter.resume();
  }
  const result = await work();
  await meter.pause();
  return result;
}

function printPhase(
  { rows, round, system, perSecond, cpuPer1000, databasePer1000, latency }: Phase,
  unit: string,
): void {
  const database = databasePer1000 === null ? 'n/a' : databasePer1000.toFixed(4);
  const times = latency === null ? '' : `  p50 ${latency.p50.toFixed(1)}  p99 ${latency.p99.toFixed(1)} ms`;
  console.log(
    `${rows} rows, round ${round}  ${system.padEnd(12)}  ${perSecond.toFixed(0).padStart(5)} ${unit}s/s  ` +
      `CPU ${cpuPer1000.toFixed(4)}, database ${database} s/1000${times}`,
  );
}

/** @throws Error when a part of the table is missing */
function expectWhole(workloads: readonly Workload[], found: number, { rows }: Settings): void {
  const halves = rows === 0 ? 1 : 2;
  const expected = halves * workloads.reduce((sum, { systems }) => sum + systems.length, 0);
  if (found !== expected) {
    throw new Error(`the table has ${found} rows instead of ${expected}`);
  }
}

function note(text: string): void {
  console.log(text);
  notes.push(text);
}

function loadText(): string {
  return loadavg()
    .map((load) => load.toFixed(1))
    .join(' ');
}

function machineOf() {
  return {
    cpu: cpus()[0]?.model ?? 'unknown CPU',
    cores: availableParallelism(),
    memoryGib: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    loadBefore: loadavg().map((load) => Number(load.toFixed(2))),
  };
}
