import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CREDENTIALS, SandboxHarness } from '../../__helpers__/sandbox.harness.js';
import { AuthController } from './auth.controller.js';

const ERROR_KEYS = ['code', 'description', 'message', 'request_id'];

describe(AuthController.name, () => {
  let sandbox: SandboxHarness;
  beforeAll(async () => {
    sandbox = await SandboxHarness.start();
  });
  afterAll(() => sandbox.close());
  beforeEach(() => sandbox.post('/sandbox/reset'));

  async function newCode(token: string, type = 'singleAccess'): Promise<string> {
    const { json } = await sandbox.get(`/2.0/auth/token/code?type=${type}`, token);
    return String(json['code']);
  }

  describe('POST /auth/init', () => {
    it('should make a permanent user with both credentials, and name the token auth_token', async () => {
      const { status, json } = await sandbox.post('/2.0/auth/init', CREDENTIALS);
      expect(status).toBe(200);
      expect(Object.keys(json).sort()).toEqual(['auth_token', 'expires_in', 'id_user', 'type']);
      expect(json).toMatchObject({
        type: 'permanent',
        expires_in: null,
        id_user: expect.any(Number) as number,
      });
    });

    it('should make a temporary user without credentials', async () => {
      const { json } = await sandbox.post('/auth/init');
      expect(json).toMatchObject({ type: 'temporary', expires_in: 1800 });
    });

    it('should make a new user each time', async () => {
      const [one, other] = [await sandbox.permanentUser(), await sandbox.permanentUser()];
      expect(one.id).not.toBe(other.id);
    });

    it('should accept the client id as a number, and a form', async () => {
      const asNumber = await sandbox.post('/2.0/auth/init', { ...CREDENTIALS, client_id: 20000001 });
      const asForm = await sandbox.call('POST', '/2.0/auth/init', { form: CREDENTIALS });
      expect([asNumber.json['type'], asForm.json['type']]).toEqual(['permanent', 'permanent']);
    });

    it('should refuse a wrong secret with 403 and only the four keys', async () => {
      const { status, json } = await sandbox.post('/2.0/auth/init', {
        ...CREDENTIALS,
        client_secret: 'wrong',
      });
      expect(status).toBe(403);
      expect(Object.keys(json).sort()).toEqual(ERROR_KEYS);
      expect(json['code']).toBe('forbidden');
      expect(json['request_id']).toMatch(/^[0-9a-f]{8}$/);
    });
  });

  describe('GET /auth/token/code', () => {
    it('should give a code that holds each of the awkward characters', async () => {
      const { token } = await sandbox.permanentUser();
      const { json } = await sandbox.get('/2.0/auth/token/code?type=singleAccess', token);
      expect(json).toEqual({ code: json['code'], type: 'temporary', access: 'single', expires_in: 1800 });
      for (const character of ['+', '/', '=']) {
        expect(json['code']).toContain(character);
      }
    });

    it('should default to a standard code, also by POST', async () => {
      const { token } = await sandbox.permanentUser();
      expect((await sandbox.get('/auth/token/code', token)).json['access']).toBe('standard');
      expect((await sandbox.post('/auth/token/code', undefined, token)).json['access']).toBe('standard');
    });

    it('should answer 401 without a bearer and with an unknown one', async () => {
      const [none, unknown] = [
        await sandbox.get('/2.0/auth/token/code'),
        await sandbox.get('/2.0/auth/token/code', 'x'),
      ];
      expect([none.status, unknown.status]).toEqual([401, 401]);
      expect(none.json['code']).toBe('unauthorized');
    });
  });

  describe('POST /auth/token/access', () => {
    it('should name the token access_token and tell no user id', async () => {
      const { token } = await sandbox.permanentUser();
      const { status, json } = await sandbox.exchange(await newCode(token));
      expect(status).toBe(200);
      expect(json).toEqual({ access_token: expect.any(String) as string, token_type: 'Bearer' });
    });

    it('should exchange a code once, even under a hundred parallel calls', async () => {
      const { token } = await sandbox.permanentUser();
      const code = await newCode(token);
      const answers = await Promise.all(Array.from({ length: 100 }, () => sandbox.exchange(code)));
      const refused = answers.filter(({ status }) => status === 400);
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(refused).toHaveLength(99);
      expect(refused[0]?.json['code']).toBe('invalidValue');
      expect(sandbox.ledger.codes).toMatchObject([{ code, kind: 'singleAccess', exchanges: 1 }]);
      expect(sandbox.ledger.calls.filter(({ path }) => path === '/2.0/auth/token/access')).toHaveLength(100);
    });

    it('should accept a form body, decoded once', async () => {
      const { token } = await sandbox.permanentUser();
      const form = { ...CREDENTIALS, grant_type: 'authorization_code', code: await newCode(token) };
      expect((await sandbox.call('POST', '/2.0/auth/token/access', { form })).status).toBe(200);
    });

    it('should refuse an unknown code, an expired one, a wrong secret and a missing field', async () => {
      const { token } = await sandbox.permanentUser();
      const code = await newCode(token);
      const wrong = await sandbox.exchange(code, { client_secret: 'wrong' });
      await sandbox.advanceClock(1801);
      const answers = [
        await sandbox.exchange('nope'),
        await sandbox.exchange(code),
        wrong,
        await sandbox.exchange(''),
      ];
      expect(answers.map(({ status, json }) => [status, json['code']])).toEqual([
        [400, 'invalidValue'],
        [400, 'invalidValue'],
        [403, 'forbidden'],
        [400, 'missingParameter'],
      ]);
    });

    it('should refuse a webview code to another client application and to another redirect_uri', async () => {
      const other = { clientId: '20000002', clientSecret: 'other', redirectUris: [] };
      await sandbox.post('/sandbox/clients', other);
      const code = (await sandbox.visit()).searchParams.get('code') ?? '';
      const foreign = await sandbox.exchange(code, { client_id: '20000002', client_secret: 'other' });
      const moved = await sandbox.exchange(code, { redirect_uri: 'http://localhost:3000/elsewhere' });
      expect([foreign.status, moved.status]).toEqual([400, 400]);
      expect((await sandbox.exchange(code)).status).toBe(200);
    });

    it('should take a temporary token for a code, once', async () => {
      const { json } = await sandbox.post('/2.0/auth/init');
      const temporary = String(json['auth_token']);
      const answers = [await sandbox.exchange(temporary), await sandbox.exchange(temporary)];
      expect(answers.map(({ status }) => status)).toEqual([200, 400]);
    });
  });

  describe('POST /auth/renew', () => {
    const renew = { ...CREDENTIALS, grant_type: 'client_credentials' };

    it('should make one more permanent token', async () => {
      const { token, id } = await sandbox.permanentUser();
      const { json } = await sandbox.post('/2.0/auth/renew', { ...renew, id_user: id });
      expect(Object.keys(json).sort()).toEqual(['access_token', 'token_type']);
      expect((await sandbox.get('/users/me', token)).json['id']).toBe(id);
      expect((await sandbox.get('/users/me', String(json['access_token']))).json['id']).toBe(id);
    });

    it('should end the others when asked to', async () => {
      const { token, id } = await sandbox.permanentUser();
      const { json } = await sandbox.post('/2.0/auth/renew', {
        ...renew,
        id_user: id,
        revoke_previous: true,
      });
      expect((await sandbox.get('/users/me', token)).status).toBe(401);
      expect((await sandbox.get('/users/me', String(json['access_token']))).status).toBe(200);
    });

    it('should make a user where none is named, and find none where it is unknown', async () => {
      const { id } = await sandbox.permanentUser();
      expect((await sandbox.post('/2.0/auth/renew', renew)).status).toBe(200);
      expect(sandbox.ledger.users).toHaveLength(2);
      expect((await sandbox.post('/2.0/auth/renew', { ...renew, id_user: id + 100 })).status).toBe(404);
    });
  });

  it('should revoke a token with 204', async () => {
    const { token } = await sandbox.permanentUser();
    expect((await sandbox.call('DELETE', '/2.0/auth/token', { bearer: token })).status).toBe(204);
    expect((await sandbox.get('/2.0/users/me', token)).status).toBe(401);
    expect(sandbox.ledger.tokens).toMatchObject([{ token, revoked: true }]);
  });

  it('should name a service token token', async () => {
    const { json } = await sandbox.post('/2.0/auth/token', {
      ...CREDENTIALS,
      grant_type: 'client_credentials',
      scope: ['payments:read-only'],
    });
    expect(json).toEqual({ token: expect.any(String) as string, scope: 'payments:read-only' });
    expect((await sandbox.get('/2.0/users/me', String(json['token']))).status).toBe(403);
  });

  it('should take the client application of a Basic header at the exchange, and OAuth for Bearer [P16]', async () => {
    const callback = await sandbox.visit();
    const { client_id: id, client_secret: secret } = CREDENTIALS;
    const authorization = `Basic ${Buffer.from(`${id}:${secret}:`).toString('base64')}`;
    const form = { grant_type: 'authorization_code', code: callback.searchParams.get('code') ?? '' };
    const wrong = { authorization: `Basic ${Buffer.from(`${id}:wrong:`).toString('base64')}` };
    const path = '/2.0/auth/token/access';
    expect((await sandbox.call('POST', path, { form, headers: wrong })).status).toBe(403);
    const { json, status } = await sandbox.call('POST', path, { form, headers: { authorization } });
    expect(status).toBe(200);
    const headers = { authorization: `OAuth ${String(json['access_token'])}` };
    expect((await sandbox.call('GET', '/2.0/users/me', { headers })).status).toBe(200);
  });
});
