import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { RabbitMqHost } from './clients.js';
import { cpuTimes, type CpuTimes } from './cpu.js';
import { fill } from './fill.js';
import { Killable, type Broker } from './processes.js';
import { NAME, type Settings } from './settings.js';

const ROUNDS = 5;

/** What is compared. */
export interface Comparison {
  readonly events: number;
  readonly connections: number;
  readonly broker: Broker;
  /** Where a CPU profile of the relay is written; none without. */
  readonly profileFolder: string | undefined;
}

/** Compares the relay with a loop that publishes the same messages over one confirm channel, in rounds that alternate. */
export async function measureRelay(
  dataSource: DataSource,
  settings: Settings,
  { broker, profileFolder, ...size }: Comparison,
): Promise<void> {
  const flags = profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`];
  const relay = new Killable('relay', settings, flags);
  await relay.start();
  const usedBy = async (): Promise<CpuTimes> =>
    cpuTimes(dataSource, { relay: relay.pid, broker: broker.pid });
  try {
    const ratios: number[] = [];
    for (let round = 0; round <= ROUNDS; round += 1) {
      const body = await bodyOf(dataSource, size);
      const bare = await measured(usedBy, async () => bareLoop(settings, size.events, body));
      await empty(dataSource);
      await fill(dataSource.manager, size);
      const relayed = await measured(usedBy, async () => untilDelivered(dataSource));
      // The first round warms up.
      if (round === 0) continue;
      ratios.push(relayed.ms / bare.ms);
      const perSecond = (ms: number): string => ((size.events / ms) * 1000).toFixed(0);
      const micros = (ms: number): string => ((ms * 1000) / size.events).toFixed(0);
      console.log(
        `round ${round}: bare loop ${perSecond(bare.ms)} events/s, relay ${perSecond(relayed.ms)} events/s; microseconds of CPU per ` +
          `event: bare loop ${micros(bare.cpu.own)} + broker ${micros(bare.cpu.broker)}, relay ${micros(relayed.cpu.relay)} + ` +
          `database ${micros(relayed.cpu.database)} + broker ${micros(relayed.cpu.broker)}`,
      );
    }
    const sorted = ratios.sort((a, b) => a - b);
    console.log(
      `${size.events} events, ${size.connections} connections: relay takes ${sorted[ROUNDS >> 1]?.toFixed(2)} x the bare loop; ` +
        `load ${loadavg()[0]?.toFixed(1)}`,
    );
  } finally {
    await relay.stop('SIGTERM');
  }
}

interface Measurement {
  readonly ms: number;
  readonly cpu: CpuTimes;
}

async function measured(usedBy: () => Promise<CpuTimes>, work: () => Promise<number>): Promise<Measurement> {
  const before = await usedBy();
  const ms = await work();
  const after = await usedBy();
  const of = (who: keyof CpuTimes): number => after[who] - before[who];
  return { ms, cpu: { own: of('own'), relay: of('relay'), database: of('database'), broker: of('broker') } };
}

/** The bytes of one event. */
async function bodyOf(dataSource: DataSource, { connections }: { connections: number }): Promise<Buffer> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.startTransaction();
    await fill(runner.manager, { events: 1, connections });
    const { manager } = runner;
    const rows = await manager.query<{ payload: string }[]>(
      'SELECT payload FROM powens_outbox ORDER BY position DESC LIMIT 1',
    );
    return Buffer.from(JSON.stringify(JSON.parse(rows[0]?.payload ?? '')));
  } finally {
    await runner.rollbackTransaction();
    await runner.release();
  }
}

async function bareLoop({ brokerUrl, batchSize }: Settings, events: number, body: Buffer): Promise<number> {
  const channel = await new RabbitMqHost(brokerUrl).openChannel();
  const startedAt = performance.now();
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < events) {
      next += 1;
      await new Promise<void>((resolve, reject) => {
        const options = {
          persistent: true,
          mandatory: true,
          messageId: String(next),
          contentType: 'application/json',
        };
        channel.publish(NAME, 'connection.synced', body, options, (error: unknown) => {
          if (error === null || error === undefined) resolve();
          else reject(error instanceof Error ? error : new Error('not confirmed'));
        });
      });
    }
  };
  await Promise.all(Array.from({ length: batchSize }, worker));
  const ms = performance.now() - startedAt;
  await channel.close();
  return ms;
}

async function empty(dataSource: DataSource): Promise<void> {
  await dataSource.query('DELETE FROM powens_outbox');
  await dataSource.query('VACUUM ANALYZE powens_outbox');
}

/** @returns milliseconds */
async function untilDelivered(dataSource: DataSource): Promise<number> {
  const startedAt = performance.now();
  for (;;) {
    // Any: to count all of them would be work beside what is measured.
    const pending = await dataSource.query<unknown[]>(
      `SELECT 1 FROM powens_outbox WHERE status = 'pending' LIMIT 1`,
    );
    if (pending.length === 0) return performance.now() - startedAt;
    await sleep(20);
  }
}
