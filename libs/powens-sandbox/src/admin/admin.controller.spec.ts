import { request } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SandboxHarness } from '../__helpers__/sandbox.harness.js';
import { AdminController } from './admin.controller.js';

describe(AdminController.name, () => {
  let sandbox: SandboxHarness;
  beforeAll(async () => {
    sandbox = await SandboxHarness.start();
  });
  afterAll(() => sandbox.close());
  beforeEach(() => sandbox.post('/sandbox/reset'));

  /** `fetch` forbids to set these headers, as a browser does. */
  function statusWith(headers: Record<string, string>): Promise<number> {
    return new Promise((resolve, reject) => {
      request(`${sandbox.url}/sandbox/ledger`, { headers }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      })
        .on('error', reject)
        .end();
    });
  }

  it('should empty everything, but never give an id twice', async () => {
    const { id } = await sandbox.permanentUser();
    await sandbox.advanceClock(3600);
    expect((await sandbox.post('/sandbox/reset')).status).toBe(204);
    expect(sandbox.ledger).toEqual({ users: [], codes: [], tokens: [], connections: [], calls: [] });
    expect((await sandbox.permanentUser()).id).toBeGreaterThan(id);
    expect(Math.abs(Date.parse(sandbox.ledger.tokens[0]?.issuedAt ?? '') - Date.now())).toBeLessThan(60_000);
  });

  it('should keep a ledger with the agreed keys, queries left out of the calls', async () => {
    await sandbox.connectedUser();
    const { json } = await sandbox.get('/sandbox/ledger');
    const [first] = Object.entries(json).map(([name, rows]) => [
      name,
      Object.keys((rows as object[])[0] ?? {}).sort(),
    ]);
    expect(first).toEqual(['users', ['deleted', 'id', 'temporary']]);
    const ledger = sandbox.ledger;
    expect(Object.keys(ledger.codes[0] ?? {}).sort()).toEqual([
      'code',
      'exchanges',
      'idUser',
      'issuedAt',
      'kind',
    ]);
    expect(Object.keys(ledger.tokens[0] ?? {}).sort()).toEqual(['idUser', 'issuedAt', 'revoked', 'token']);
    expect(ledger.calls).toEqual([
      { at: expect.any(String) as string, method: 'POST', path: '/2.0/auth/token/access', status: 200 },
    ]);
    await sandbox.get('/2.0/users/me?x=secret');
    expect(JSON.stringify(sandbox.ledger.calls)).not.toContain('secret');
  });

  it('should refuse a foreign Host, Origin or site', async () => {
    expect(await statusWith({})).toBe(200);
    expect(await statusWith({ host: 'rebound.evil.example' })).toBe(403);
    expect(await statusWith({ host: 'localhost.evil.example:4000' })).toBe(403);
    expect(await statusWith({ origin: 'https://evil.example' })).toBe(403);
    expect(await statusWith({ 'sec-fetch-site': 'cross-site' })).toBe(403);
    expect(await statusWith({ origin: 'http://localhost:3000' })).toBe(200);
  });

  it('should refuse to turn the clock back', async () => {
    expect((await sandbox.post('/sandbox/clock', { advanceSeconds: -1 })).status).toBe(400);
  });

  it('should register a client application, a domain included', async () => {
    const client = {
      clientId: '31',
      clientSecret: 's',
      redirectUris: ['https://a.test/cb'],
      domain: 'acme-sandbox',
    };
    const { status, json } = await sandbox.post('/sandbox/clients', client);
    expect([status, json]).toEqual([
      201,
      { clientId: '31', domain: 'acme-sandbox', redirectUris: ['https://a.test/cb'] },
    ]);
    const { json: made } = await sandbox.post('/2.0/auth/init', { client_id: 31, client_secret: 's' });
    const { json: code } = await sandbox.get('/2.0/auth/token/code', String(made['auth_token']));
    // A code of one domain is worth nothing in another.
    expect((await sandbox.exchange(String(code['code']))).status).toBe(400);
  });
});
