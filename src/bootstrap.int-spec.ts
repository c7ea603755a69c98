import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LoggerService } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../test/helpers/until.js';
import { startHost, type RunningHost } from './bootstrap.js';

const JSON_BODY = { 'content-type': 'application/json' };

/** What the tests read of the API document. */
interface ApiDocument {
  readonly paths: Record<
    string,
    Record<
      string,
      {
        readonly responses: Record<
          string,
          { content?: Record<string, { examples: Record<string, { value: { status: number } }> }> }
        >;
      }
    >
  >;
}

/** A logger that keeps what it is told. */
function recorder(): LoggerService & { readonly lines: string[] } {
  const lines: string[] = [];
  const keep = (message: unknown): number => lines.push(String(message));
  return { lines, log: keep, error: keep, warn: keep };
}

/** One for both adapters: making a database is what takes longest. */
const dataDir = mkdtempSync(join(tmpdir(), 'host-'));

afterAll(() => rmSync(dataDir, { recursive: true }));

describe.each(['express', 'fastify'])('startHost on %s', (adapter) => {
  const env = { PORT: '0', SANDBOX_PORT: '0', DATA_DIR: dataDir, HTTP_ADAPTER: adapter };
  const logger = recorder();
  let host: RunningHost;

  beforeAll(async () => {
    host = await startHost(env, { logger });
  });

  afterAll(() => host.close());

  async function ask(path: string, init: RequestInit = {}) {
    const response = await fetch(new URL(path, host.url), { redirect: 'manual', ...init });
    const type = response.headers.get('content-type')?.split(';')[0];
    return { status: response.status, type, headers: response.headers, text: await response.text() };
  }

  async function signIn(user: string): Promise<string> {
    const { headers } = await ask('/session', {
      method: 'POST',
      headers: JSON_BODY,
      body: JSON.stringify({ user }),
    });
    return headers.getSetCookie()[0]?.split(';')[0] ?? '';
  }

  it('should tell where to go', () => {
    expect(logger.lines.join('\n')).toContain(`Start at  ${host.url}/`);
    expect(logger.lines.join('\n')).toContain(String(host.sandboxUrl));
  });

  it('should sign a user in and out', async () => {
    const cookie = await signIn('alice');

    expect(await ask('/session', { headers: { cookie } })).toMatchObject({
      status: 200,
      type: 'application/json',
    });
    expect(
      (await ask('/session', { method: 'DELETE', headers: { cookie } })).headers.getSetCookie()[0],
    ).toMatch(/^session=; Max-Age=0/);
  });

  it.each(['/session', '/events', '/accounts', '/connections'])(
    'should answer 401 on %s to a stranger',
    async (path) => {
      expect(await ask(path)).toMatchObject({ status: 401, type: 'application/problem+json' });
    },
  );

  it.each(['{', '[]', 'null', '{}', '{"user":7}', '{"user":"a b"}'])(
    'should answer 400 to a sign-in of %s',
    async (body) => {
      const answer = await ask('/session', { method: 'POST', headers: JSON_BODY, body });

      expect(answer).toMatchObject({ status: 400, type: 'application/problem+json' });
    },
  );

  it('should refuse a sign-in from a page of another site', async () => {
    const headers = { ...JSON_BODY, 'sec-fetch-site': 'cross-site' };

    expect(await ask('/session', { method: 'POST', headers, body: '{"user":"eve"}' })).toMatchObject({
      status: 403,
    });
  });

  it('should answer 409 with a code to somebody without a bank', async () => {
    const { status, text } = await ask('/accounts', { headers: { cookie: await signIn('nobody') } });

    expect(status).toBe(409);
    expect(JSON.parse(text)).toMatchObject({ code: 'not_connected', status: 409 });
  });

  it('should neither log nor repeat a query', async () => {
    const { status, text } = await ask('/nope?code=canary-query');

    expect(status).toBe(404);
    expect(text).not.toContain('canary-query');
    expect(logger.lines.join('\n')).toContain('GET /nope 404');
    expect(logger.lines.join('\n')).not.toContain('canary-query');
  });

  it('should answer a malformed URL as a mistake of the client', async () => {
    expect(await ask('/session/%')).toMatchObject({ type: 'application/problem+json' });
    expect((await ask('/session/%')).status).toBeLessThan(500);
  });

  it('should be alive and ready, and answer no more than that', async () => {
    expect(JSON.parse((await ask('/health/live')).text)).toEqual({ status: 'ok', checks: {} });
    expect(JSON.parse((await ask('/health/ready')).text)).toEqual({
      status: 'ok',
      checks: {
        database: 'up',
        schema: 'up',
        keys: 'up',
        provider: 'up',
        losses: 'up',
        outbox: 'up',
        inbox: 'up',
        handlers: 'up',
        powens: 'up',
        running: 'up',
      },
    });
  });

  it('should serve its metrics to Prometheus, under the names that the files in ops/ use', async () => {
    await signIn('alice');
    await eventually(async () => {
      const { status, type, text } = await ask('/metrics');
      expect([status, type]).toEqual([200, 'text/plain']);
      expect(text).toMatch(/^powens_outbox_age_seconds\{powens_instance="default".*\} 0$/m);
      expect(text).toMatch(/^powens_api_breaker\{powens_instance="default",operations="reads".*\} 0$/m);
    });
  });

  it('should serve Swagger UI with nothing from elsewhere', async () => {
    const page = await ask('/docs');

    expect(page).toMatchObject({ status: 200, type: 'text/html' });
    expect(page.text).not.toMatch(/(src|href)=.(https?:)?\/\//);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(await ask('/docs/swagger-ui-bundle.js')).toMatchObject({ status: 200 });
  });

  it('should describe every operation, with its errors', async () => {
    const document = JSON.parse((await ask('/docs-json')).text) as {
      servers: { url: string }[];
      paths: Record<
        string,
        Record<string, { summary?: string; responses: Record<string, { content?: object }> }>
      >;
    };
    const operations = Object.values(document.paths).flatMap((path) => Object.values(path));

    expect(document.servers).toEqual([{ url: '/' }]);
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining([
        '/session',
        '/connections/connect',
        '/connections/callback',
        '/events',
        '/accounts',
      ]),
    );
    expect(operations.filter(({ summary }) => summary === undefined || summary === '')).toEqual([]);
    const errors = operations.flatMap(({ responses }) =>
      Object.entries(responses).filter(([status]) => status >= '400'),
    );
    expect(
      errors.filter(([, { content }]) => !Object.hasOwn(content ?? {}, 'application/problem+json')),
    ).toEqual([]);
  });

  it('should describe the flow in its order, and each error of the library with an example of its own', async () => {
    const document = JSON.parse((await ask('/docs-json')).text) as ApiDocument;
    const paths = Object.keys(document.paths).filter((path) => path.startsWith('/connections'));
    const problems = paths.flatMap((path) =>
      Object.values(document.paths[path] ?? {}).flatMap(({ responses }) =>
        Object.entries(responses).flatMap(([status, { content }]) => {
          const { examples } = content?.['application/problem+json'] ?? { examples: {} };
          return Number(status) < 400
            ? []
            : [{ path, status: Number(status), examples: Object.values(examples) }];
        }),
      ),
    );

    expect(paths.slice(0, 2)).toEqual(['/connections/connect', '/connections/callback']);
    expect(problems.length).toBeGreaterThan(20);
    expect(problems.filter(({ examples }) => examples.length === 0)).toEqual([]);
    expect(
      problems.filter(({ status, examples }) => examples.some(({ value }) => value.status !== status)),
    ).toEqual([]);
  });

  it('should offer examples of a start that work as they stand', async () => {
    const document = JSON.parse((await ask('/docs-json')).text) as {
      paths: Record<string, { post: { requestBody: { content: Record<string, { examples: object }> } } }>;
    };
    const examples =
      document.paths['/connections/connect']?.post.requestBody.content['application/json']?.examples;
    const bodies = Object.values(examples ?? {}).map(({ value }: { value: object }) => JSON.stringify(value));
    const headers = { ...JSON_BODY, cookie: await signIn('alice') };

    for (const body of bodies) {
      expect(await ask('/connections/connect', { method: 'POST', headers, body })).toMatchObject({
        status: 201,
      });
    }
    expect(bodies[0]).toBe('{}');
  });

  it('should refuse a second host on the same directory', async () => {
    await expect(startHost(env, { logger })).rejects.toThrow('DATA_DIR');
  });

  it('should know its sessions and its users again after a restart', async () => {
    const cookie = await signIn('alice');
    await host.close();
    host = await startHost(env, { logger });

    expect(JSON.parse((await ask('/session', { headers: { cookie } })).text)).toEqual({ user: 'alice' });
  });
});
