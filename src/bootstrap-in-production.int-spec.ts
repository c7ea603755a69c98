import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../test/helpers/database.js';
import { startHost, type RunningHost } from './bootstrap.js';

const JSON_BODY = { 'content-type': 'application/json' };

describe('startHost in production', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
  });

  afterAll(() => database.drop());

  /** A host as in production: its own database server, Powens elsewhere, https in front. */
  async function start(env: NodeJS.ProcessEnv): Promise<RunningHost> {
    return startHost(
      {
        NODE_ENV: 'production',
        PORT: '0',
        DATABASE_URL: database.url,
        PUBLIC_URL: 'https://app.example.com',
        POWENS_DOMAIN: 'acme',
        POWENS_CLIENT_ID: '1',
        POWENS_CLIENT_SECRET: 'secret',
        CONNECTIONS_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
        ...env,
      },
      { logger: false },
    );
  }

  async function statusesOf({ app }: RunningHost): Promise<Record<string, number>> {
    const server = app.getHttpServer() as Server;
    const { port } = server.address() as AddressInfo;
    const headers = { ...JSON_BODY, 'x-forwarded-proto': 'https', 'x-forwarded-host': 'app.example.com' };
    const ask = async (method: string, path: string): Promise<[string, number]> => {
      const body = method === 'POST' ? '{"user":"eve"}' : null;
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
        method,
        headers,
        body,
        redirect: 'manual',
      });
      return [`${method} ${path}`, answer.status];
    };
    return Object.fromEntries([
      await ask('POST', '/session'),
      await ask('GET', '/docs'),
      await ask('GET', '/docs-json'),
      await ask('GET', '/health/live'),
    ]);
  }

  it('should sign nobody in without a password and show no documentation, unless it is asked for [N27]', async () => {
    const refusing = await start({});
    expect(await statusesOf(refusing)).toEqual({
      'POST /session': 404,
      'GET /docs': 404,
      'GET /docs-json': 404,
      'GET /health/live': 200,
    });
    await refusing.close();

    const allowing = await start({ ALLOW_DEMO_ACCESS: 'true' });
    expect(await statusesOf(allowing)).toMatchObject({ 'POST /session': 204, 'GET /docs': 200 });
    await allowing.close();
  });
});
