import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import { gzipSync } from 'node:zlib';
import { Controller, Get, Module, Param, Post, VersioningType, type DynamicModule } from '@nestjs/common';
import { ConnectionsModule } from 'nestjs-powens-connections';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registerSecret } from '../../helpers/canary/collector.js';
import { ADAPTERS, startFlowApp, type AdapterName, type FlowApp } from '../../helpers/flow/flow-app.js';
import { outbound, snapshot } from '../../helpers/flow/observe.js';
import { platformBefore, type Platform } from '../../helpers/webhooks/platform.js';
import { sendBytes, type PushAnswer } from '../../helpers/webhooks/pushed.js';

const ABSENT = '01985c3e-7f3a-7c11-9a4e-0f6f3b1f2a77';
const ROUTES = [
  '/connect',
  '/manage',
  `/${ABSENT}/reconnect`,
  '/custom',
  `/custom/${ABSENT}/answer`,
  `/custom/${ABSENT}/resume`,
  `/custom/${ABSENT}/consent`,
];
const SECRET = `typed_${randomBytes(12).toString('hex')}`;
registerSecret('what a person typed', SECRET);

type Bytes = readonly [bytes: Buffer, headers: Record<string, string>];

const json = (text: string, more: Record<string, string> = {}): Bytes => [
  Buffer.from(text),
  { 'content-type': 'application/json', ...more },
];

/** What parsers stumble over. */
const BODIES: Record<string, Bytes> = {
  'an object without an end': json(`{"lang": "${SECRET}`),
  'a word': json(SECRET),
  'a text': json(`"${SECRET}"`),
  'two objects': json(`{}{"lang": "${SECRET}"}`),
  'a prototype': json(`{"__proto__": {"lang": "${SECRET}"}}`),
  'a constructor': json(`{"constructor": {"prototype": {"lang": "${SECRET}"}}}`),
  'bytes that are no text': [Buffer.from([0x7b, 0xff, 0xfe, 0x00]), { 'content-type': 'application/json' }],
  'another character set': json(`{"lang": "${SECRET}"}`, {
    'content-type': 'application/json; charset=x-none',
  }),
  'a gzip that is none': json(`{"lang": "${SECRET}"}`, { 'content-encoding': 'gzip' }),
  'an unknown encoding': json(`{"lang": "${SECRET}"}`, { 'content-encoding': 'zstd-x' }),
  'a gzip that is cut': [
    gzipSync(`{"lang": "${SECRET}"}`).subarray(0, -6),
    { 'content-type': 'application/json', 'content-encoding': 'gzip' },
  ],
  'two megabytes': json(`{"lang": "${'x'.repeat(2 * 1024 * 1024)}"}`),
  'a form of two thousand values': [
    Buffer.from('a=1&'.repeat(2000)),
    { 'content-type': 'application/x-www-form-urlencoded' },
  ],
  XML: [Buffer.from(`<lang>${SECRET}</lang>`), { 'content-type': 'application/xml' }],
  'a type that is none': [Buffer.from(`{"lang": "${SECRET}"}`), { 'content-type': 'nonsense' }],
};

const PATHS: readonly (readonly [method: string, path: string])[] = [
  ...['%E0%A4%A', '%', '%zz', '%FF', `%C0%AF`, 'x'.repeat(101), 'x'.repeat(6000), '%41'.repeat(101)].flatMap(
    (part) =>
      [
        ['GET', `/attempts/${part}`],
        ['GET', `/${part}`],
        ['HEAD', `/${part}`],
        ['DELETE', `/${part}/`],
        ['POST', `/${part}/reconnect`],
        ['POST', `/${part}/sync?a=b`],
        ['POST', `/custom/${part}/answer`],
        ['POST', `/webhooks/${part}`],
      ] as const,
  ),
];

@Controller('connections')
class HostController {
  @Post('of-the-host')
  create(): string {
    return 'host';
  }

  @Get('of-the-host/:name')
  find(@Param('name') name: string): string {
    return name;
  }
}

@Module({ controllers: [HostController] })
class HostModule {}

const HOSTS: readonly (readonly [name: string, prefix: string])[] = [
  ['as it comes', '/connections'],
  ['with a prefix and a version', '/api/v1/connections'],
];

describe.each(ADAPTERS.flatMap((adapter) => HOSTS.map(([name, prefix]) => ({ adapter, name, prefix }))))(
  'requests that nobody can read, on $adapter $name',
  ({ adapter, prefix }) => {
    let app: FlowApp;

    beforeAll(async () => {
      app = await start(adapter, prefix);
    });

    afterAll(async () => {
      await app.close();
    });

    it.each(Object.entries(BODIES))(
      'should be refused with a problem for %s [N17]',
      async (_, [bytes, headers]) => {
        const rows = await snapshot(app);
        for (const route of ROUTES) {
          const answer = await post(`${app.url}${prefix}${route}`, bytes, headers);
          expectProblem(answer, route);
          expect(answer.text).not.toContain(SECRET);
        }
        expect(await snapshot(app)).toEqual(rows);
        expect(outbound(app)).toEqual([]);
      },
    );

    it('should take nothing for a fault of ours that a form calls as an object does [N17]', async () => {
      const form = { 'content-type': 'application/x-www-form-urlencoded' };
      for (const name of [
        '__proto__',
        '__proto__[lang]',
        'constructor[prototype][lang]',
        'lang[__proto__]',
      ]) {
        const { status } = await post(`${app.url}${prefix}/connect`, Buffer.from(`${name}=${SECRET}`), form);
        expect([201, 400, 415], name).toContain(status);
      }
    });

    it('should be refused with a problem for any path of its routes [N17]', async () => {
      for (const [method, path] of PATHS) {
        const response = await fetch(`${app.url}${prefix}${path}`, { method, headers: { 'x-user': 'ann' } });
        const what = `${method} ${path.slice(0, 40)}`;
        expect([400, 401, 404], what).toContain(response.status);
        expect(response.headers.get('content-type'), what).toBe('application/problem+json; charset=utf-8');
        expect(response.headers.get('cache-control'), what).toBe('no-store');
        await response.text();
      }
    });

    it('should leave the answers of other routes to the host, below the same path too [N17]', async () => {
      const [broken, headers] = json('{"a": ');
      const answers = [
        await post(`${app.url}${prefix}/of-the-host`, broken, headers),
        await post(`${app.url}${prefix.replace('connections', 'elsewhere')}`, broken, headers),
      ];
      for (const { status, headers: answered } of answers) {
        expect(status).toBe(400);
        expect(answered['content-type']).toBe('application/json; charset=utf-8');
      }
      for (const part of ['%E0%A4%A', 'x'.repeat(101)]) {
        const { headers: given } = await fetch(`${app.url}${prefix}/of-the-host/${part}`);
        expect(given.get('content-type')).not.toContain('problem');
      }
    });
  },
);

describe.each(ADAPTERS)('requests whose stream a platform used up, on %s', (adapter) => {
  let app: FlowApp;
  let platform: Platform;

  beforeAll(async () => {
    app = await start(adapter, '/connections');
  });

  afterAll(async () => {
    await app.close();
  });

  it('should be read from rawBody on Fastify, and be refused on Express, whose host parses it [H10, N17]', async () => {
    platform = await platformBefore(app.app);
    try {
      const url = `${platform.url}/connections/connect`;
      const good = await post(url, ...json('{"lang": "fr"}'));
      const unknown = await post(url, ...json('{"unknown": 1}'));
      const broken = await post(url, ...json(`{"lang": "${SECRET}`));
      expect(good.status).toBe(adapter === 'fastify' ? 201 : 400);
      expectProblem(unknown, 'unknown');
      expectProblem(broken, 'broken');
    } finally {
      await platform.close();
    }
  });

  it('should be refused at once where the platform kept nothing [H10, N17]', async () => {
    platform = await platformBefore(app.app, false);
    try {
      for (const route of ROUTES) {
        expectProblem(await post(`${platform.url}/connections${route}`, ...json('{"lang": "fr"}')), route);
      }
      const webhook = await post(`${platform.url}/connections/webhooks/user-created`, ...json('{"id": 1}'));
      expectProblem(webhook, 'webhook');
    } finally {
      await platform.close();
    }
  });
});

async function start(adapter: AdapterName, prefix: string): Promise<FlowApp> {
  return startFlowApp({
    adapter,
    extras: { customConnections: true },
    register: (options, extras): DynamicModule[] => [
      ConnectionsModule.forRoot({ ...options, ...extras }),
      { module: HostModule },
    ],
    prepare: (host) => {
      (host.getHttpServer() as Server).keepAliveTimeout = 0;
      if (prefix.startsWith('/api')) {
        host.setGlobalPrefix('api').enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
      }
    },
  });
}

async function post(url: string, bytes: Buffer, headers: Record<string, string>): Promise<PushAnswer> {
  return sendBytes(new URL(url), bytes, { 'x-user': 'ann', 'content-length': bytes.length, ...headers });
}

function expectProblem({ status, headers, text }: PushAnswer, what: string): void {
  expect([400, 404, 413, 415], `${what} ${text.slice(0, 100)}`).toContain(status);
  expect(headers['content-type'], what).toBe('application/problem+json; charset=utf-8');
  expect(headers['cache-control'], what).toBe('no-store');
  expect(JSON.parse(text)).toMatchObject({ status });
}
