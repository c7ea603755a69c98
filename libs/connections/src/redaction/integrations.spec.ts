import { createServer, get, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { ConsoleLogger, Logger } from '@nestjs/common';
import axios from 'axios';
import { SpanStatusCode } from '@opentelemetry/api';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import {
  captureException,
  createTransport,
  getCurrentScope,
  initAndBind,
  ServerRuntimeClient,
} from '@sentry/core';
import { pino } from 'pino';
import { describe, expect, it, vi } from 'vitest';
import {
  NGINX_LOG_FORMAT,
  pinoRedaction,
  redactingLogger,
  redactingSpanExporter,
  sentryRedaction,
} from './index.js';

const S = 'S3cr3t-Value_0123456789abcdef';
const CALLBACK = `/connections/callback?code=${S}&state=${S}&connection_id=7`;

describe(pinoRedaction.name, () => {
  function logger() {
    const lines: string[] = [];
    const stream = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        lines.push(chunk.toString());
        done();
      },
    });
    return { lines, log: pino({ ...pinoRedaction() }, stream) };
  }

  it('should remove secrets of messages, objects, errors and bindings, through real pino [N32]', () => {
    const { lines, log } = logger();
    log.info(`GET ${CALLBACK}`);
    log.info({ url: CALLBACK, headers: { cookie: S } }, 'served %s', `Bearer ${S}`);
    log.error(Object.assign(new Error(`refused ${CALLBACK}`), { config: { headers: { Authorization: S } } }));
    log.error({ err: new Error(`state=${S}`, { cause: new Error(`code=${S}`) }) }, 'failed');
    log.child({ token: S, url: CALLBACK }).warn('child');

    expect(lines).toHaveLength(5);
    expect(lines.join('')).not.toContain(S);
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({
      url: '/connections/callback?code=[redacted]&state=[redacted]&connection_id=7',
      msg: 'served Bearer [redacted]',
    });
    expect(JSON.parse(lines[3] ?? '')).toMatchObject({
      err: { type: 'Error', message: 'state=[redacted]' },
      msg: 'failed',
    });
  });

  it('should remove a secret that is bound and has no other suspicious word in its line', () => {
    const { lines, log } = logger();
    const names = 'apiKey assertion authorization binding code cookie passwd pin secret state ticket token';
    const bound: object[] = names.split(' ').map((name) => ({ [name]: S }));
    bound.push({ url: `/cb?%63od%65=${S}` }, { sent: `Digest ${S}` }, { sent: `Negotiate ${S}` });
    for (const one of bound) log.child(one).info('bound');
    expect(lines.filter((line) => line.includes(S) || !line.includes('[redacted]'))).toEqual([]);
  });

  it('should show real requests and responses without their secrets, also as pino-http binds them [N32]', async () => {
    const { lines, log } = logger();
    const server: Server = createServer((req, res) => {
      const own = log.child({ req });
      res.setHeader('Set-Cookie', `powens-binding=${S}`).setHeader('Location', `https://x/?code=${S}`).end();
      own.info({ res }, 'request completed');
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    const headers = {
      authorization: `Bearer ${S}`,
      'bi-signature': S,
      cookie: S,
      referer: `https://x${CALLBACK}`,
    };
    await new Promise((done) =>
      get({ port, path: CALLBACK, headers }, (answer) => answer.resume().once('end', done)),
    );
    await new Promise((done) => server.close(done));

    expect(lines.join('')).not.toContain(S);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      req: { method: 'GET', url: '/connections/callback?code=[redacted]&state=[redacted]&connection_id=7' },
      res: { statusCode: 200, headers: { 'set-cookie': '[redacted]' } },
    });
  });
});

describe(redactingLogger.name, () => {
  it('should show what was sent and answered over HTTP without its secrets', async () => {
    const server: Server = createServer((request, response) => {
      new Logger('Test').warn(request, 'as it arrived');
      response.writeHead(401, { 'set-cookie': `powens-binding=${S}` }).end(`{"code":"${S}"}`);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    const written = await writtenBy(async () => {
      const error: unknown = await axios
        .post(
          `http://127.0.0.1:${port}${CALLBACK}`,
          { client_secret: S },
          { auth: { username: 'id', password: S } },
        )
        .catch((refused: unknown) => refused);
      const logger = new Logger('Test');
      logger.error(error);
      logger.error('failed', { error });
      logger.log(() => `GET ${CALLBACK}`);
    });
    server.close();

    expect(written).not.toContain(S);
    expect(written).not.toContain(Buffer.from(`id:${S}`).toString('base64'));
    expect(written).toContain('AxiosError');
    expect(written).toContain("method: 'POST'");
    expect(written).toContain('[Test] GET /connections/callback?code=[redacted]');
  });

  it("should remove secrets of every level of Nest's logger [N32]", async () => {
    const written = await writtenBy(() => {
      const logger = new Logger('Test');
      logger.log(`GET ${CALLBACK}`);
      logger.error(new Error(CALLBACK), `Error: ${CALLBACK}\n    at x`);
      logger.warn({ headers: { authorization: S } });
      logger.debug(`cookie: ${S}`);
      logger.verbose(CALLBACK, { token: S });
      logger.fatal(CALLBACK);
    });

    expect(written.split('\n').length).toBeGreaterThanOrEqual(6);
    expect(written).not.toContain(S);
    expect(written).toContain('[Test] GET /connections/callback?code=[redacted]');
  });

  /** What a logger of Nest, behind the redaction, writes meanwhile. */
  async function writtenBy(act: () => unknown): Promise<string> {
    const written: string[] = [];
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
    Logger.overrideLogger(redactingLogger(new ConsoleLogger({ colors: false })));
    try {
      await act();
    } finally {
      Logger.overrideLogger(new ConsoleLogger());
      vi.restoreAllMocks();
    }
    return written.join('');
  }
});

describe(redactingSpanExporter.name, () => {
  it('should export real spans without secrets, and all else of them [N32]', async () => {
    const memory = new InMemorySpanExporter();
    const provider = new BasicTracerProvider({
      spanProcessors: [new SimpleSpanProcessor(redactingSpanExporter(memory))],
    });
    const span = provider.getTracer('test').startSpan(`GET ${CALLBACK}`, {
      attributes: {
        'url.full': `https://app.example.com${CALLBACK}`,
        'url.query': `code=${S}`,
        'http.request.header.authorization': [`Bearer ${S}`],
        'http.response.status_code': 302,
      },
    });
    span.recordException(new Error(`failed: ${CALLBACK}`));
    span.addEvent('asked', { 'http.target': CALLBACK });
    span.setStatus({ code: SpanStatusCode.ERROR, message: `code=${S}` });
    span.end();
    await provider.forceFlush();
    const [exported] = memory.getFinishedSpans();

    expect(
      JSON.stringify([exported?.name, exported?.attributes, exported?.events, exported?.status]),
    ).not.toContain(S);
    expect(exported?.attributes).toMatchObject({
      'url.full':
        'https://app.example.com/connections/callback?code=[redacted]&state=[redacted]&connection_id=7',
      'http.response.status_code': 302,
    });
    expect(exported?.spanContext()).toEqual(span.spanContext());
    expect(exported?.duration).toHaveLength(2);
    await provider.shutdown();
  });
});

describe(sentryRedaction.name, () => {
  it('should send real events of Sentry without secrets [N32]', async () => {
    const sent: string[] = [];
    const options = {
      dsn: 'https://key@o1.ingest.sentry.io/1',
      integrations: [],
      stackParser: () => [],
      transport: () =>
        createTransport({ recordDroppedEvent: () => undefined }, async ({ body }) => {
          sent.push(String(body));
          return { statusCode: 200 };
        }),
      ...sentryRedaction(),
    };
    const client = initAndBind(
      ServerRuntimeClient,
      options as unknown as ConstructorParameters<typeof ServerRuntimeClient>[0],
    );
    getCurrentScope().addBreadcrumb({
      category: 'http',
      data: { url: `https://x${CALLBACK}` },
      message: `Bearer ${S}`,
    });
    getCurrentScope().setExtra('token', S);
    getCurrentScope().addEventProcessor((event) => ({
      ...event,
      request: {
        url: `https://x${CALLBACK}`,
        query_string: `code=${S}&state=${S}`,
        cookies: { session: S },
        headers: { Authorization: `Bearer ${S}` },
        data: { client_secret: S },
      },
    }));
    captureException(new Error(`refused ${CALLBACK}`));
    await client.flush(2000);

    expect(sent).toHaveLength(1);
    expect(sent[0]).not.toContain(S);
    expect(sent[0]).toContain('refused /connections/callback?code=[redacted]');
  });
});

describe('NGINX_LOG_FORMAT', () => {
  it('should be written with the paths of requests and referers, and with no query, cookie or authorization', () => {
    expect(NGINX_LOG_FORMAT).toMatch(/log_format powens_safe/);
    const format = NGINX_LOG_FORMAT.slice(NGINX_LOG_FORMAT.indexOf('log_format'));
    expect(format).not.toMatch(
      /\$(request|request_uri|args|query_string|http_referer|http_cookie|http_authorization)\b/,
    );
  });
});
