import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { RabbitMqHost } from './clients.js';
import { fill } from './fill.js';
import { Killable } from './processes.js';
import { NAME, type Settings } from './settings.js';

const ROUNDS = 5;

/** Compares the relay with a loop that publishes the same messages over one confirm channel, in rounds that alternate. */
export async function measureRelay(dataSource: DataSource, settings: Settings, size: Size): Promise<void> {
  const relay = new Killable('relay', settings);
  await relay.start();
  try {
    const ratios: number[] = [];
    for (let round = 0; round <= ROUNDS; round += 1) {
      const bareMs = await bareLoop(settings, size.events, await bodyOf(dataSource, size));
      const relayMs = await relayed(dataSource, size);
      // The first round warms up.
      if (round === 0) continue;
      ratios.push(relayMs / bareMs);
      const perSecond = (ms: number): string => ((size.events / ms) * 1000).toFixed(0);
      console.log(
        `round ${round}: bare loop ${perSecond(bareMs)} events/s, relay ${perSecond(relayMs)} events/s`,
      );
    }
    const sorted = ratios.sort((a, b) => a - b);
    console.log(
      `${size.events} events, ${size.connections} connections: relay takes ${sorted[ROUNDS >> 1]?.toFixed(2)} x the bare loop`,
    );
  } finally {
    await relay.stop('SIGTERM');
  }
}

interface Size {
  readonly events: number;
  readonly connections: number;
}

/** The bytes of one event. */
async function bodyOf(dataSource: DataSource, { connections }: Size): Promise<Buffer> {
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

async function relayed(dataSource: DataSource, size: Size): Promise<number> {
  await dataSource.query('DELETE FROM powens_outbox');
  await dataSource.query('VACUUM ANALYZE powens_outbox');
  await fill(dataSource.manager, size);
  const startedAt = performance.now();
  for (;;) {
    const [row] = await dataSource.query<{ count: number }[]>(
      `SELECT count(*)::int AS count FROM powens_outbox WHERE status = 'pending'`,
    );
    if (row?.count === 0) return performance.now() - startedAt;
    await sleep(20);
  }
}
