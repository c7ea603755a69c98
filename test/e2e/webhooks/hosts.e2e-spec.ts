import type { IncomingMessage } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { DynamicModule, INestApplication, NestApplicationOptions } from '@nestjs/common';
import { VersioningType } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import express from 'express';
import { afterEach, describe, expect, it } from 'vitest';
import { echoOf, withEcho, type Echo } from '../../helpers/flow/echo.js';
import {
  startFlowApp,
  type AdapterName,
  type FlowApp,
  type FlowAppOptions,
} from '../../helpers/flow/flow-app.js';
import { hmacWebhooks, inboxOf, push } from '../../helpers/webhooks/pushed.js';

/** Larger than what body parsers take by default. */
const LARGE = { id: 1187, id_user: null, wording: 'é'.repeat(150_000), id_webhook_data: 2 };

interface Host extends Omit<FlowAppOptions, 'options'> {
  /** Path of the webhooks; `/connections/webhooks` when absent. */
  readonly path?: string;
  /** Path that is signed, where a proxy changes it. */
  readonly signedPath?: string;
  /** What the host's own route sees; as with Nest's defaults when absent. */
  readonly echo?: Partial<Echo>;
  readonly echoPath?: string;
}

const nestWith =
  (more: NestApplicationOptions, adapter: AdapterName = 'express') =>
  async (module: DynamicModule, nest: NestApplicationOptions): Promise<INestApplication> =>
    adapter === 'fastify'
      ? NestFactory.create(module, new FastifyAdapter(), { ...nest, ...more })
      : NestFactory.create(module, { ...nest, ...more });

const testing =
  (adapter: AdapterName) =>
  async (module: DynamicModule, nest: NestApplicationOptions): Promise<INestApplication> => {
    const moduleRef = await Test.createTestingModule({ imports: [module] })
      .setLogger(nest.logger as never)
      .compile();
    return adapter === 'fastify'
      ? moduleRef.createNestApplication(new FastifyAdapter(), nest)
      : moduleRef.createNestApplication(nest);
  };

/** It does not see that a stream has ended, and waits for it without end. */
function readAnnounced(request: IncomingMessage & { body?: unknown }, _: unknown, next: () => void): void {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  if (length === undefined && encoding === undefined) {
    next();
    return;
  }
  let text = '';
  request
    .on('data', (chunk: Buffer) => (text += chunk.toString()))
    .on('end', () => {
      request.body = JSON.parse(text);
      next();
    });
}

const HOSTS: Record<string, Host> = {
  'Nest as it comes, Express': {},
  'Nest as it comes, Fastify': { adapter: 'fastify' },
  'rawBody: true, Express': { create: nestWith({ rawBody: true }), echo: { rawBytes: 8 } },
  'rawBody: true, Fastify': { create: nestWith({ rawBody: true }, 'fastify'), echo: { rawBytes: 8 } },
  'bodyParser: false, Express': { create: nestWith({ bodyParser: false }), echo: { body: null } },
  'a global express.json of 100 kB': {
    prepare: (app) => app.use(express.json({ limit: '100kb' }), express.urlencoded({ extended: true })),
  },
  'a global parser that takes everything for text': {
    prepare: (app) => app.use(express.text({ type: () => true })),
    echo: { body: '{"id":1}' },
  },
  'a parser that reads whatever announces a body, as body-parser 1': {
    create: nestWith({ bodyParser: false }),
    prepare: (app) => app.use(readAnnounced),
    echo: { body: { id: 1 } },
  },
  'a larger limit for JSON': {
    prepare: (app) => (app as NestExpressApplication).useBodyParser('json', { limit: '50mb' }),
  },
  'a parser of its own, Fastify': {
    adapter: 'fastify',
    prepare: (app) => {
      const fastify = app.getHttpAdapter().getInstance() as {
        addContentTypeParser(
          type: string,
          how: object,
          parse: (_: unknown, body: string, done: (error: null, body: unknown) => void) => void,
        ): void;
      };
      fastify.addContentTypeParser('text/special', { parseAs: 'string' }, (_, body, done) => {
        done(null, { special: body });
      });
    },
  },
  'a global prefix and a version in the path, Express': {
    path: '/api/v1/connections/webhooks',
    echoPath: '/api/v1',
    prepare: (app) =>
      app.setGlobalPrefix('api').enableVersioning({ type: VersioningType.URI, defaultVersion: '1' }),
  },
  'a global prefix and a version in the path, Fastify': {
    adapter: 'fastify',
    path: '/api/v1/connections/webhooks',
    echoPath: '/api/v1',
    prepare: (app) =>
      app.setGlobalPrefix('api').enableVersioning({ type: VersioningType.URI, defaultVersion: '1' }),
  },
  'routes at another path': { extras: { routes: { path: 'bank/links' } }, path: '/bank/links/webhooks' },
  'a proxy that takes a prefix off': { signedPath: '/api/v1/connections/webhooks' },
  'a testing module, Express': { create: testing('express') },
  'a testing module, Fastify': { create: testing('fastify') },
};

describe('webhooks in any host', () => {
  let app: FlowApp;

  afterEach(async () => {
    await app.close();
  });

  it.each(Object.entries(HOSTS))(
    'should arrive as raw bytes and leave other routes alone with %s [W08, WH-01, WH-03, WH-05]',
    async (_, host) => {
      const { secret, options } = hmacWebhooks();
      const { path = '/connections/webhooks', signedPath, echo, echoPath = '', ...wish } = host;
      const webhooks = { ...options.webhooks, ...(signedPath === undefined ? {} : { signedPath }) };
      app = await startFlowApp({
        ...wish,
        options: { ...options, webhooks } as typeof options,
        register: withEcho,
      });
      const to = `${path}/connection-deleted`;
      const signed = signedPath === undefined ? {} : { signedPath: `${signedPath}/connection-deleted` };
      const bytes = Buffer.from(JSON.stringify(LARGE));

      const answers = [
        await push(app.url, to, { id: 1187, id_user: null, id_webhook_data: 1 }, { secret, ...signed }),
        await push(app.url, to, null, { secret, bytes, ...signed }),
        await push(app.url, to, null, {
          secret,
          ...signed,
          bytes: gzipSync(JSON.stringify({ ...LARGE, id_webhook_data: 3 })),
          signed: Buffer.from(JSON.stringify({ ...LARGE, id_webhook_data: 3 })),
          headers: { 'content-encoding': 'gzip' },
        }),
        await push(app.url, to, null, { secret: 'wh_another', bytes, ...signed }),
      ];

      expect(answers.map(({ status }) => status)).toEqual([204, 204, 204, 401]);
      expect((await inboxOf(app)).map(({ dedupe_key: key }) => key)).toEqual(['1', '2', '3']);
      expect(await echoOf(`${app.url}${echoPath}`, '{"id":1}')).toEqual({
        body: { id: 1 },
        rawBytes: null,
        authorization: 'Bearer of-the-host',
        contentType: 'application/json',
        ...echo,
      });
    },
  );

  it.each([
    ['the path it came to', '/connections/webhooks/connection-deleted', 401],
    ['the path registered', '/api/v1/connections/webhooks/connection-deleted', 204],
    ['a trailing slash', '/api/v1/connections/webhooks/connection-deleted/', 204],
    ['two trailing slashes', '/api/v1/connections/webhooks/connection-deleted//', 401],
    ['an encoded slash', '/api/v1/connections%2Fwebhooks/connection-deleted', 401],
    ['a doubled slash', '/api/v1//connections/webhooks/connection-deleted', 401],
    ['a query', '/api/v1/connections/webhooks/connection-deleted?a=1', 401],
    ['capitals', '/API/v1/connections/webhooks/connection-deleted', 401],
  ])(
    'should be signed at the path registered and no other: %s [W07, WH-03]',
    async (_, signedPath, status) => {
      const { secret, options } = hmacWebhooks();
      const webhooks = { ...options.webhooks, signedPath: '/api/v1/connections/webhooks' };
      app = await startFlowApp({ options: { ...options, webhooks } as typeof options });
      const answer = await push(
        app.url,
        '/connections/webhooks/connection-deleted',
        { id: 1 },
        { secret, signedPath },
      );
      expect(answer.status).toBe(status);
    },
  );

  it.each([
    ['with a slash behind it', '/connections/webhooks/connection-deleted/'],
    ['with a query', '/connections/webhooks/connection-deleted?source=powens'],
  ])('should take a webhook that comes %s for the one registered [W07, WH-03]', async (_, path) => {
    const { secret, options } = hmacWebhooks();
    app = await startFlowApp({ options });
    const signedPath = '/connections/webhooks/connection-deleted';
    expect((await push(app.url, path, { id: 1 }, { secret, signedPath })).status).toBe(204);
    const own = await push(app.url, path, { id: 2 }, { secret });
    // The slash may be part of what is registered; the query never is.
    expect(own.status).toBe(path.endsWith('/') ? 204 : 401);
  });

  it('should keep an application from booting where bodies are parsed before [W08, WH-01]', async () => {
    const { options } = hmacWebhooks();
    app = await startFlowApp({ options });
    const parsed = express().use(express.json({ limit: '50mb' }));
    let refused: INestApplication | undefined;
    const start = startFlowApp({
      like: app,
      options,
      create: async (module, nest) =>
        (refused = await NestFactory.create(module, new ExpressAdapter(parsed), nest)),
    });
    await expect(start).rejects.toMatchObject({
      option: 'webhooks',
      message: expect.stringContaining(
        'the Express instance given to Nest has body parsers of its own',
      ) as string,
    });
    await refused?.close();
  });

  it('should keep an application from booting where the host excepts them from its prefix [W08]', async () => {
    app = await startFlowApp();
    let refused: INestApplication | undefined;
    const booting = startFlowApp({
      like: app,
      options: hmacWebhooks().options,
      prepare: (host) => {
        refused = host;
        host.setGlobalPrefix('api', { exclude: ['connections/webhooks/:event'] });
      },
    });
    await expect(booting).rejects.toThrow(/It has POST \/connections\/webhooks\/:event\./);
    await refused?.close();
  });
});
