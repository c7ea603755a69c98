import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { CONNECTIONS_ENTITIES, CONNECTIONS_MIGRATIONS } from 'nestjs-powens-connections';
import { EVENT_CONSUMER_ENTITIES, EVENT_CONSUMER_MIGRATIONS } from 'nestjs-powens-connections/consumer';
import { DataSource } from 'typeorm';
import { databaseUrl, dropDatabase } from '../helpers/postgres/databases.js';
import { withClient } from '../helpers/postgres/client.js';
import { findServices } from '../helpers/services/services.js';
import { fill } from './fill.js';
import { Broker, Killable } from './processes.js';
import type { BrokerName, Settings } from './settings.js';
import { measureRelay } from './throughput.js';
import { problemsOf, type Consumed } from './verdict.js';
import { prepare } from './witness.js';

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '20000' },
    connections: { type: 'string', default: '200' },
    batch: { type: 'string', default: '100' },
    only: { type: 'string' },
    throughput: { type: 'boolean', default: false },
    profile: { type: 'string' },
  },
});
const EVENTS = Number(values.events);
const CONNECTIONS = Number(values.connections);
const DELIVERED = `SELECT count(*)::int AS count FROM powens_outbox WHERE status = 'delivered'`;
const WRITTEN = 'SELECT count(*)::int AS count FROM ledger';
/** Without any progress for so long, the run is broken: a slow machine must not come near it. */
const HANGS_MS = 300_000;

// Clients that connect again for ever must not keep the rig from its end.
process.exit(await main());

async function main(): Promise<number> {
  const { postgresql } = await findServices();
  if (postgresql === null) return 0;
  const brokers = (['rabbitmq', 'nats'] as const).filter(isChosen);
  let failed = 0;
  for (const name of brokers) {
    failed += await proven(name, postgresql);
  }
  return failed === 0 ? 0 : 1;
}

function isChosen(name: BrokerName): boolean {
  // The comparison is with RabbitMQ.
  return values.throughput ? name === 'rabbitmq' : values.only === undefined || values.only === name;
}

/** @returns how many promises did not hold */
async function proven(name: BrokerName, adminUrl: string): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), `brokers-${name}-`));
  const broker = await Broker.start(name, join(folder, 'data'));
  if (broker === null) {
    console.log(`SKIPPED: ${name} is not installed`);
    return 0;
  }
  const database = `brokers_${randomUUID().replaceAll('-', '')}`;
  await withClient(adminUrl, async (admin) => admin.query(`CREATE DATABASE ${database}`));
  const url = databaseUrl(adminUrl, database);
  try {
    return await withDatabase(url, async (dataSource) =>
      run(dataSource, broker, { databaseUrl: url, broker: name }),
    );
  } finally {
    await broker.stop('SIGKILL');
    await dropDatabase(adminUrl, database);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function withDatabase<T>(url: string, work: (dataSource: DataSource) => Promise<T>): Promise<T> {
  const dataSource = await new DataSource({
    type: 'postgres',
    url,
    entities: [...CONNECTIONS_ENTITIES, ...EVENT_CONSUMER_ENTITIES],
    migrations: [...CONNECTIONS_MIGRATIONS, ...EVENT_CONSUMER_MIGRATIONS],
    migrationsRun: true,
    installExtensions: false,
  }).initialize();
  try {
    await dataSource.query(
      'CREATE TABLE ledger (position bigserial PRIMARY KEY, event_id uuid, connection_id uuid, sequence int)',
    );
    return await work(dataSource);
  } finally {
    await dataSource.destroy();
  }
}

async function run(
  dataSource: DataSource,
  broker: Broker,
  own: Pick<Settings, 'databaseUrl' | 'broker'>,
): Promise<number> {
  const settings: Settings = { ...own, brokerUrl: broker.url, batchSize: Number(values.batch) };
  const witness = await prepare(own.broker, broker.url);
  if (values.throughput) {
    const size = { events: EVENTS, connections: CONNECTIONS };
    await measureRelay(dataSource, settings, { ...size, broker, profileFolder: values.profile });
    return 0;
  }
  await fill(dataSource.manager, { events: EVENTS, connections: CONNECTIONS });
  const relays = [new Killable('relay', settings), new Killable('relay', settings)] as const;
  const consumer = new Killable('consumer', settings);
  const startedAt = performance.now();
  await Promise.all([...relays, consumer].map(async (one) => one.start()));
  try {
    await breakThings(dataSource, broker, { relays, consumer });
    await untilCount(dataSource, WRITTEN, EVENTS);
    // Until the last acknowledgement is stored, a relay may publish again.
    await untilCount(dataSource, DELIVERED, EVENTS);
    const seconds = (performance.now() - startedAt) / 1000;
    const ledger = await dataSource.query<Consumed[]>(
      'SELECT event_id AS id, connection_id AS "connectionId", sequence FROM ledger ORDER BY position',
    );
    const stored = await witness.all();
    const problems = problemsOf({ events: EVENTS, stored, ledger });
    const kills = relays.reduce((sum, one) => sum + one.kills, 0);
    console.log(
      `${own.broker}: ${EVENTS} events over ${CONNECTIONS} connections in ${seconds.toFixed(0)} s; broker restarted 2 times, ` +
        `relays killed ${kills} times, consumer ${consumer.kills} times; the broker stored ${stored.length} messages ` +
        `(${stored.length - new Set(stored.map(({ id }) => id)).size} repeats), the consumer wrote ${ledger.length}; ` +
        `load ${loadavg()
          .map((load) => load.toFixed(1))
          .join(' ')}`,
    );
    for (const problem of problems) console.log(`BROKEN: ${problem}`);
    console.log(`${own.broker}: ${problems.length === 0 ? '0 lost, each once, in order' : 'FAILED'}`);
    return problems.length;
  } finally {
    await Promise.all([...relays, consumer].map(async (one) => one.stop('SIGKILL')));
  }
}

/** Kills and restarts at shares of the work, not at times: each of them hits work that runs. */
async function breakThings(
  dataSource: DataSource,
  broker: Broker,
  { relays, consumer }: { relays: readonly [Killable, Killable]; consumer: Killable },
): Promise<void> {
  // Both: one that is killed while the other has the work would prove nothing.
  const killRelays = async (): Promise<void> => {
    await Promise.all(relays.map(async (relay) => relay.killAndStart()));
  };
  const follow = async (
    counter: string,
    steps: readonly (readonly [number, () => Promise<void>])[],
  ): Promise<void> => {
    for (const [share, step] of steps) {
      await untilCount(dataSource, counter, Math.floor(EVENTS * share));
      await step();
    }
  };
  await Promise.all([
    follow(DELIVERED, [
      [0.05, killRelays],
      [0.2, killRelays],
      [0.3, async () => broker.restart('SIGTERM')],
      [0.4, killRelays],
      [0.5, killRelays],
      [0.6, async () => broker.restart('SIGKILL')],
      [0.7, killRelays],
      [0.8, killRelays],
    ]),
    follow(
      WRITTEN,
      [0.15, 0.45, 0.75].map((share) => [share, async () => consumer.killAndStart()] as const),
    ),
  ]);
}

async function untilCount(dataSource: DataSource, counter: string, least: number): Promise<void> {
  let last = -1;
  let changedAt = performance.now();
  for (;;) {
    const [row] = await dataSource.query<{ count: number }[]>(counter);
    const count = row?.count ?? 0;
    if (count >= least) return;
    if (count !== last) {
      [last, changedAt] = [count, performance.now()];
    } else if (performance.now() - changedAt > HANGS_MS) {
      throw new Error(`${count} of ${least} events arrived, and no other for ${HANGS_MS / 1000} s`);
    }
    await sleep(50);
  }
}
