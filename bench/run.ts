import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import type { ServerSetup, SystemName } from './control/protocol.js';
import { ServerProcess } from './control/server-process.js';
import { createBenchDatabase, type BenchDatabase } from './database/bench-database.js';
import { freePort } from './database/private-postgres.js';
import { MeasuredSystem } from './measure.js';
import { summaryOf, type Phase } from './report/figures.js';
import { tableOf } from './report/table.js';
import { readSettings, type Settings } from './settings.js';

const RESULT = '.artifacts/bench.json';
/** Database sessions and sockets to the sandbox, of every system alike: more than there are users at a time. */
const SPARE = 4;
/** Below, a median says nothing. */
const LEAST_ROUNDS = 3;

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
  console.log(
    `${machine.cpu} x ${machine.cores}, Node ${machine.node}, load ${machine.loadBefore.join(' ')}`,
  );
  console.log(
    `PostgreSQL ${Object.entries(database.server)
      .map(([name, value]) => `${name}=${value}`)
      .join(', ')}`,
  );
  console.log(
    'Nest applications log at level warn; times of connect + callback, the webview step left out\n',
  );
  const systems = await startSystems(settings, database);
  const phases = await measureAll(settings, systems);
  for (const system of systems) {
    await verify(system, database);
  }
  const summaries = settings.systems.map((system) => summaryOf(system, phases));
  console.log(`\n${tableOf(summaries)}\n`);
  const result = {
    at: new Date().toISOString(),
    machine,
    postgresql: database.server,
    settings,
    notes,
    summaries,
    phases,
  };
  mkdirSync('.artifacts', { recursive: true });
  writeFileSync(RESULT, `${JSON.stringify(result, null, 2)}\n`);
  console.log(`Written to ${RESULT}`);
}

async function startSystems(settings: Settings, database: BenchDatabase): Promise<MeasuredSystem[]> {
  const sandbox = await started({ script: 'sandbox/main.js', setup: null });
  const { client, url: sandboxUrl } = sandbox;
  if (client === null) {
    throw new Error('the sandbox named no client application');
  }
  const systems: MeasuredSystem[] = [];
  for (const system of settings.systems) {
    const setup: ServerSetup = {
      system,
      port: await freePort(),
      databaseUrl: database.url,
      poolSize: settings.concurrency + SPARE,
      sandboxUrl,
      client,
      key: randomBytes(32).toString('base64'),
    };
    const script = system === 'baseline' ? 'baseline/main.js' : 'nest/main.js';
    const server = await started({ script, setup, execArgv: profileFlags(settings, system) });
    const measured = new MeasuredSystem(system, server, sandboxUrl, settings);
    cleanUps.push(() => measured.close());
    systems.push(measured);
  }
  return systems;
}

async function started(wish: Parameters<typeof ServerProcess.start>[0]): Promise<ServerProcess> {
  const server = await ServerProcess.start(wish);
  cleanUps.push(() => server.stop());
  return server;
}

function profileFlags({ profileFolder }: Settings, system: SystemName): string[] {
  return profileFolder === null
    ? []
    : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`, `--cpu-prof-name=${system}.cpuprofile`];
}

/** Rounds of one phase per system. Every round begins with another one, so that none always follows the same. */
async function measureAll(settings: Settings, systems: readonly MeasuredSystem[]): Promise<Phase[]> {
  for (const system of systems) {
    if (!(await system.warmUp())) {
      note(`${system.name}: the warm-up was cut short on a busy machine, so its figures are too high`);
    }
  }
  const phases: Phase[] = [];
  let lastRoundSeconds = 0;
  for (let round = 1; round <= settings.rounds; round += 1) {
    const began = process.uptime();
    if (round > LEAST_ROUNDS && began + lastRoundSeconds > settings.budgetSeconds) {
      note(`Only ${round - 1} of ${settings.rounds} rounds: the machine is busy, and the time is up`);
      break;
    }
    const first = (round - 1) % systems.length;
    for (const system of [...systems.slice(first), ...systems.slice(0, first)]) {
      const phase = await system.measure(round);
      phases.push(phase);
      const { flowsPerSecond, cpuPer1000, serverMs } = phase;
      console.log(
        `round ${round}  ${system.name.padEnd(12)}  ${flowsPerSecond.toFixed(0).padStart(5)} flows/s  ` +
          `CPU ${cpuPer1000.toFixed(3)} s/1000  p50 ${serverMs.p50.toFixed(1)}  p99 ${serverMs.p99.toFixed(1)} ms`,
      );
    }
    lastRoundSeconds = process.uptime() - began;
  }
  return phases;
}

function note(text: string): void {
  console.log(text);
  notes.push(text);
}

/** A system that skipped work would look fast. */
async function verify({ name, flows }: MeasuredSystem, database: BenchDatabase): Promise<void> {
  const stored = await database.stored(name);
  const { connected, users, connections, delivered, otherAttempts, undelivered } = stored;
  const isWhole = [connected, users, connections, delivered].every((count) => count === flows);
  if (!isWhole || otherAttempts > 0 || undelivered > 0) {
    throw new Error(`${name} ran ${flows} flows and stored ${JSON.stringify(stored)}`);
  }
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
