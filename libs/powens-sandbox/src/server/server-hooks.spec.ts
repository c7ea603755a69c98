import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SandboxHarness } from '../__helpers__/sandbox.harness.js';
import { ServerHooks } from './server-hooks.js';

describe(ServerHooks.name, () => {
  let sandbox: SandboxHarness;
  beforeAll(async () => {
    sandbox = await SandboxHarness.start();
  });
  afterAll(() => sandbox.close());

  it.each([
    ['PATCH', '/2.0/users/me', 'DELETE, GET'],
    ['DELETE', '/2.0/connectors/40', 'GET'],
    ['PUT', '/2.0/auth/init', 'POST'],
    ['HEAD', '/2.0/users/me/transactions', 'GET'],
  ])('should answer %s %s that the method is not allowed [P13]', async (method, path, allowed) => {
    const { status, headers, json } = await sandbox.call(method, path);
    expect([status, headers.get('allow')]).toEqual([405, allowed]);
    expect(json['code']).toBe(method === 'HEAD' ? undefined : 'methodNotAllowed');
  });

  it('should answer the question of a browser before a cross-origin call', async () => {
    const asked = { origin: 'https://app.example.test', 'access-control-request-method': 'GET' };
    const { status, headers } = await sandbox.call('OPTIONS', '/2.0/users/me/accounts', { headers: asked });
    expect([status, headers.get('access-control-allow-origin')]).toEqual([204, '*']);
    expect(headers.get('access-control-allow-methods')).toBe('GET');
    const read = await sandbox.call('GET', '/2.0/connectors', { headers: { origin: asked.origin } });
    expect([read.status, read.headers.get('access-control-allow-origin')]).toEqual([200, '*']);
  });

  it('should answer 404 to a path that has no method at all', async () => {
    const { status, json } = await sandbox.call('OPTIONS', '/2.0/nothing');
    expect([status, json['code']]).toEqual([404, 'notFound']);
  });
});
