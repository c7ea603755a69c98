import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { afterEach, describe, expect, it } from 'vitest';
import {
  ADAPTERS,
  startFlowApp,
  type AdapterName,
  type FlowApp,
  type FlowAppOptions,
} from '../../../helpers/flow/flow-app.js';
import { until } from '../../../helpers/flow/person.js';
import { hmacWebhooks, inboxOf, push, sendBytes } from '../../../helpers/webhooks/pushed.js';

const PATH = '/connections/webhooks/account-synced';
const MIB = 1024 * 1024;

const compressed = (text: string): Buffer => gzipSync(text, { level: 9 });

/** Bodies that cost a builder of objects much more than they cost their sender. */
const HOSTILE: Record<string, Buffer> = {
  'one long number': compressed(`{"user": {"id": ${'9'.repeat(12 * MIB)}}}`),
  'a million keys': compressed(
    `{${Array.from({ length: 1_000_000 }, (_, index) => `"k${index}":1`).join(',')}}`,
  ),
  'deep nesting': compressed('{"a":'.repeat(2 * MIB)),
  'a long list': compressed(`{"user": [${'1,'.repeat(6 * MIB)}1]}`),
  'a long text': compressed(`{"user": "${'x'.repeat(12 * MIB)}"}`),
  spaces: compressed(' '.repeat(12 * MIB)),
};

describe.each(ADAPTERS)('hostile webhooks, on %s', (adapter) => {
  let app: FlowApp;
  const sockets: Socket[] = [];

  afterEach(async () => {
    sockets.splice(0).forEach((socket) => socket.destroy());
    await app.close();
  });

  async function startBearer(name: AdapterName): Promise<FlowApp> {
    return startFlowApp({
      adapter: name,
      options: { webhooks: { auth: { type: 'bearer' }, pollIntervalMs: 50 } },
    });
  }

  it('should cost neither memory nor the event loop in bearer mode, whatever they hold [N9]', async () => {
    app = await startBearer(adapter);
    for (const [name, bytes] of Object.entries(HOSTILE)) {
      const before = process.memoryUsage().rss;
      const [answer, longest] = await whileWatched(async () =>
        sendBytes(new URL(PATH, app.url), bytes, {
          authorization: `Bearer ${randomBytes(24).toString('hex')}`,
          'content-encoding': 'gzip',
          'content-length': bytes.length,
        }),
      );
      const grownMb = (process.memoryUsage().rss - before) / MIB;
      process.stdout.write(
        `${name} on ${adapter}: loop ${longest.toFixed(0)} ms, ${grownMb.toFixed(0)} MB\n`,
      );
      // A bomb is seen by its ratio; what is none proves nothing.
      expect([401, 413], name).toContain(answer.status);
      // Built, it takes hundreds of megabytes. The collector is free to wait a little.
      expect(grownMb, name).toBeLessThan(150);
    }
    expect(await inboxOf(app)).toEqual([]);
  });

  it('should keep nobody out who sends while others announce much and fall silent [N10]', async () => {
    const { secret, options } = hmacWebhooks();
    const webhooks = { ...options.webhooks, bodyTimeoutSeconds: 300 } as NonNullable<typeof options.webhooks>;
    app = await startFlowApp({ adapter, options: { ...options, webhooks } });
    for (let count = 0; count < 12; count += 1) {
      sockets.push(await silent(app, 20 * MIB, 20 * MIB - 1));
    }
    expect((await push(app.url, PATH, { id: 1, id_webhook_data: 1 }, { secret })).status).toBe(204);
    // From the same address, where only what is stalled gives way.
    const large = Buffer.from(`{"id": 2, "id_webhook_data": 2, "a": "${'x'.repeat(19 * MIB)}"}`);
    await until(async () => (await push(app.url, PATH, null, { secret, bytes: large })).status === 204);
    expect(await inboxOf(app)).toHaveLength(2);
  });

  it('should take from the sender that holds most, and from no other, for one who holds less [N10]', async () => {
    const { secret, options } = hmacWebhooks();
    const webhooks = { ...options.webhooks, bodyTimeoutSeconds: 300, maxBytes: MIB };
    app = await startFlowApp({
      adapter,
      options: { ...options, webhooks } as NonNullable<typeof options>,
      create: behindProxy(adapter),
    });
    const modest = await silent(app, MIB, MIB - 1, '203.0.113.1');
    for (let count = 0; count < 9; count += 1) {
      sockets.push(await silent(app, MIB, MIB - 1, '203.0.113.2'));
    }
    sockets.push(modest);
    for (const [id, from] of [
      '203.0.113.3',
      '203.0.113.4',
      '2001:db8:1:2:3::4',
      '2001:db8:9:9::5',
    ].entries()) {
      const bytes = Buffer.from(`{"id": ${id}, "id_webhook_data": ${id}, "a": "${'x'.repeat(MIB / 2)}"}`);
      const headers = { 'x-forwarded-for': from };
      expect((await push(app.url, PATH, null, { secret, bytes, headers })).status, from).toBe(204);
    }
    await until(() => sockets.some((socket) => answers.get(socket)?.includes('503') === true));
    expect(answers.get(modest)).toBe('');
    expect(modest.closed).toBe(false);
  });

  it('should answer 408 and hang up on bodies that do not come, drip, or have no end [N10]', async () => {
    const { secret, options } = hmacWebhooks();
    const webhooks = { ...options.webhooks, bodyTimeoutSeconds: 1 } as NonNullable<typeof options.webhooks>;
    app = await startFlowApp({ adapter, options: { ...options, webhooks } });
    const announced = await silent(app, MIB, 10);
    const small = await silent(app, 20, 10);
    const dripping = await silent(app, MIB, 10);
    const endless = await silent(app, null, 10);
    const drip = setInterval(() => {
      dripping.write('x');
      endless.write('1\r\nx\r\n');
    }, 20);
    try {
      for (const socket of [announced, small, dripping, endless]) {
        await until(() => socket.closed);
        expect(answers.get(socket)).toMatch(/^HTTP\/1\.1 408 [\s\S]*"webhook_timeout"/);
      }
    } finally {
      clearInterval(drip);
    }
    expect((await push(app.url, PATH, { id: 1 }, { secret })).status).toBe(204);
  });
});

/** A host that believes its proxy, so that one test can be several senders. */
function behindProxy(name: AdapterName): NonNullable<FlowAppOptions['create']> {
  return async (module, nest) => {
    if (name === 'fastify') {
      return NestFactory.create(module, new FastifyAdapter({ trustProxy: true }), nest);
    }
    const app = await NestFactory.create<NestExpressApplication>(module, nest);
    app.set('trust proxy', true);
    return app;
  };
}

const answers = new WeakMap<Socket, string>();

/** A signed-looking webhook of which some bytes come, and then nothing. @param length - null sends it in chunks */
async function silent(
  app: FlowApp,
  length: number | null,
  sent: number,
  from = '203.0.113.9',
): Promise<Socket> {
  const { port, hostname } = new URL(app.url);
  const socket = connect(Number(port), hostname);
  answers.set(socket, '');
  socket
    .setEncoding('utf8')
    .on('data', (text: string) => answers.set(socket, `${answers.get(socket)}${text}`));
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('connect', resolve));
  const head = [
    `POST ${PATH} HTTP/1.1`,
    'Host: localhost',
    `X-Forwarded-For: ${from}`,
    `BI-Signature: ${randomBytes(32).toString('base64')}`,
    `BI-Signature-Date: ${new Date().toISOString()}`,
    length === null ? 'Transfer-Encoding: chunked' : `Content-Length: ${length}`,
  ].join('\r\n');
  const part = length === null ? `${sent.toString(16)}\r\n${'x'.repeat(sent)}\r\n` : Buffer.alloc(sent, 'x');
  socket.write(`${head}\r\n\r\n`);
  await new Promise<void>((resolve) => {
    socket.write(part, () => {
      resolve();
    });
    socket.once('close', resolve);
  });
  return socket;
}

/** Runs something, and tells for how long the event loop stood still meanwhile. */
async function whileWatched<T>(work: () => Promise<T>): Promise<[T, number]> {
  let longest = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 5);
  try {
    return [await work(), longest];
  } finally {
    clearInterval(timer);
  }
}
