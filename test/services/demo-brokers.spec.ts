import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { startHost, type RunningHost } from '../../src/bootstrap.js';
import { clientOf, type Amqp, type JetStream, type Nats } from '../helpers/services/brokers.js';
import { eventually, until } from '../helpers/until.js';

const { rabbitmq, nats } = inject('services');
const NAME = 'powens-connections';
const dataDir = mkdtempSync(join(tmpdir(), 'host-brokers-'));

afterAll(() => rmSync(dataDir, { recursive: true }));

/** Starts the demo with a broker, connects a bank as a new user does, and runs a check before it ends. */
async function withDemo(
  brokerUrl: string,
  check: (host: RunningHost, user: string) => Promise<void>,
): Promise<void> {
  const silent = { log: () => undefined, error: () => undefined, warn: () => undefined };
  const env = { PORT: '0', SANDBOX_PORT: '0', DATA_DIR: dataDir, BROKER_URL: brokerUrl };
  const host = await startHost(env, { logger: silent });
  try {
    const user = `user-${randomUUID()}`;
    await connectBank(host, user);
    await check(host, user);
  } finally {
    await host.close();
  }
}

async function connectBank({ url, sandboxUrl }: RunningHost, user: string): Promise<void> {
  const json = { 'content-type': 'application/json' };
  const session = await fetch(`${url}/session`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ user }),
  });
  const cookies = session.headers.getSetCookie();
  const cookieOf = (all: string[]): string => all.map((one) => one.split(';')[0]).join('; ');
  const started = await fetch(`${url}/connections/connect`, {
    method: 'POST',
    headers: { ...json, cookie: cookieOf(cookies) },
    body: '{}',
  });
  const webview = (await started.json()) as { url: string };
  const visited = await fetch(`${sandboxUrl}/sandbox/webview`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ url: webview.url }),
  });
  const { location } = (await visited.json()) as { location: string };
  const cookie = cookieOf([...cookies, ...started.headers.getSetCookie()]);
  const landed = await fetch(location, { redirect: 'manual', headers: { cookie } });
  expect(landed.status).toBe(303);
}

describe('BROKER_URL of the demo', () => {
  it.skipIf(rabbitmq === null)('should publish the events to RabbitMQ', async () => {
    await withDemo(rabbitmq!, async (_, user) => {
      const amqp = await clientOf<Amqp>('amqplib');
      const connection = await amqp.connect(rabbitmq!);
      const channel = await connection.createConfirmChannel();
      const owners: unknown[] = [];
      await channel.assertQueue(NAME, { durable: true });
      await channel.consume(
        NAME,
        ({ content }) => owners.push((JSON.parse(content.toString()) as { ownerId: string }).ownerId),
        { noAck: true },
      );
      await until(() => owners.includes(user));
      await connection.close();
    });
  });

  it.skipIf(nats === null)('should publish the events to NATS JetStream', async () => {
    await withDemo(nats!, async (_, user) => {
      const client = await clientOf<Nats>('@nats-io/transport-node');
      const connection = await client.connect({ servers: nats! });
      const { jetstreamManager } = await clientOf<JetStream>('@nats-io/jetstream');
      const { streams } = await jetstreamManager(connection);
      const newest = async (): Promise<unknown> => {
        const { state } = await streams.info(NAME).catch(() => ({ state: { messages: 0 } }));
        const seq = (state as { last_seq?: number }).last_seq ?? 0;
        return seq === 0 ? null : (await streams.getMessage(NAME, { seq })).json();
      };
      await eventually(async () => {
        expect(await newest()).toMatchObject({ ownerId: user, type: 'connection.created' });
      });
      await connection.close();
    });
  });

  it.each(['amqp://guest:canary@127.0.0.1:9', 'nats://127.0.0.1:9'])(
    'should start, connect and wait while nothing listens at %s',
    async (url) => {
      await withDemo(url, async (host) => {
        expect((await fetch(`${host.url}/health/ready`)).status).toBe(200);
      });
    },
  );
});
