import { randomBytes } from 'node:crypto';
import { Bench } from './bench.js';
import { BACKGROUND_NAMES, type ServerSetup, type SystemName } from './control/protocol.js';
import { ServerProcess } from './control/server-process.js';
import { BackendCpu } from './database/backend-cpu.js';
import type { BenchDatabase } from './database/bench-database.js';
import { freePort } from './database/private-postgres.js';
import { Stored } from './database/stored.js';
import type { Settings } from './settings.js';
import { Meter } from './workloads/workload.js';

/** Database sessions and sockets to the sandbox, of every system alike: more than there are users at a time. */
const SPARE = 4;

/** Replaces telemetry in a process that loads it first. */
const UNTRACED = new URL('./systems/nest/untraced/register.js', import.meta.url).href;

/**
 * Starts the sandbox and every measured process; all but the sandbox are paused until their turn comes.
 *
 * @param onStart - is given every process at once, so that it is stopped whatever happens next
 */
export async function startSystems(
  settings: Settings,
  database: BenchDatabase,
  onStart: (server: ServerProcess) => void,
): Promise<Bench> {
  const started = async (wish: Parameters<typeof ServerProcess.start>[0]): Promise<ServerProcess> => {
    const server = await ServerProcess.start(wish);
    onStart(server);
    return server;
  };
  const sandbox = await started({ script: 'sandbox/main.js', setup: null });
  const { client, url: sandboxUrl } = sandbox;
  if (client === null) {
    throw new Error('the sandbox named no client application');
  }
  const shared = {
    databaseUrl: database.url,
    poolSize: settings.concurrency + SPARE,
    sandboxUrl,
    client,
    key: randomBytes(32).toString('base64'),
    webhookSecret: randomBytes(24).toString('hex'),
  };
  const backends = new BackendCpu(database.client);
  const meters = new Map<SystemName, Meter>();
  for (const system of new Set<SystemName>(['baseline', ...settings.systems, ...BACKGROUND_NAMES])) {
    const setup: ServerSetup = { ...shared, system, port: await freePort() };
    const script = system === 'baseline' ? 'baseline/main.js' : 'nest/main.js';
    const server = await started({ script, setup, execArgv: flagsOf(settings, system) });
    const meter = new Meter(server, system, backends);
    await meter.pause();
    meters.set(system, meter);
  }
  return new Bench(settings, new Stored(database.client), meters, sandboxUrl, shared.webhookSecret);
}

function flagsOf({ profileFolder }: Settings, system: SystemName): string[] {
  const profile =
    profileFolder === null
      ? []
      : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`, `--cpu-prof-name=${system}.cpuprofile`];
  return system === 'fastify-untraced' ? [...profile, '--import', UNTRACED] : profile;
}
