import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SandboxHarness } from '../__helpers__/sandbox.harness.js';
import type { Answer } from '../__helpers__/sandbox.harness.js';
import { ConnectionSetup } from './connection-setup.service.js';

const LOGIN = { login: 'test_login', password: '1234' };
const CONNECTIONS = '/2.0/users/me/connections';

describe(ConnectionSetup.name, () => {
  let sandbox: SandboxHarness;
  let token: string;
  beforeAll(async () => {
    sandbox = await SandboxHarness.start();
  });
  afterAll(() => sandbox.close());
  beforeEach(async () => {
    await sandbox.post('/sandbox/reset');
    ({ token } = await sandbox.permanentUser());
  });

  const create = (body: object): Promise<Answer> => sandbox.post(CONNECTIONS, body, token);
  const put = (id: unknown, query = ''): Promise<Answer> =>
    sandbox.call('PUT', `${CONNECTIONS}/${String(id)}${query}`, { bearer: token });

  describe('creating without a webview', () => {
    it('should honour the source that is named, and refuse an unknown one [P7]', async () => {
      const made = await create({ id_connector: 40, source: 'openapi' });
      expect([made.status, made.json['state']]).toEqual([202, 'webauthRequired']);
      const path = `/2.0/users/me/connections/${String(made.json['id'])}/sources`;
      expect((await sandbox.get(path, token)).json['sources']).toMatchObject([{ name: 'openapi' }]);
      const unknown = await create({ id_connector: 40, source: 'fallback', website: 'par', ...LOGIN });
      expect([unknown.status, unknown.json['code']]).toEqual([400, 'invalidValue']);
    });

    it('should refuse a connector that is restricted [P13]', async () => {
      const { status, json } = await create({ id_connector: 63, ...LOGIN });
      expect([status, json['code']]).toEqual([403, 'forbidden']);
    });

    it('should answer 201 when nothing more is asked, and leave the accounts disabled', async () => {
      const { status, json } = await create({ id_connector: 40, website: 'par', ...LOGIN });
      expect([status, json['state']]).toEqual([201, null]);
      expect((await sandbox.get('/2.0/users/me/accounts', token)).json['total']).toBe(0);
      expect((await sandbox.get('/2.0/users/me/accounts?all', token)).json['total']).toBe(3);
    });

    it('should refuse wrong credentials and keep nothing', async () => {
      const { status, json } = await create({ id_connector: 40, website: 'par', ...LOGIN, password: 'no' });
      expect(status).toBe(400);
      expect(json).toMatchObject({ code: 'wrongpass', message: 'Identifiant ou mot de passe incorrect' });
      expect(sandbox.ledger.connections).toEqual([]);
    });

    it('should say which field is missing or not on the list', async () => {
      expect((await create({ id_connector: 40, ...LOGIN })).json['code']).toBe('missingParameter');
      expect((await create({ id_connector: 40, website: 'xyz', ...LOGIN })).json['code']).toBe(
        'invalidValue',
      );
      expect((await create({ ...LOGIN })).json['code']).toBe('missingParameter');
      expect((await create({ id_connector: 9999, ...LOGIN })).json['code']).toBe('invalidValue');
    });

    it('should ask for a one-time code, and go on with the right one only', async () => {
      const { status, json } = await create({ id_connector: 61, ...LOGIN });
      expect([status, json['state']]).toEqual([202, 'additionalInformationNeeded']);
      expect(json['fields']).toMatchObject([{ name: 'otp', regex: '^[0-9]{6}$' }]);
      const path = `${CONNECTIONS}/${String(json['id'])}`;
      expect((await sandbox.post(path, { otp: '000000' }, token)).json['code']).toBe('wrongpass');
      const done = await sandbox.post(path, { otp: '123456' }, token);
      expect([done.status, done.json['state'], done.json['fields']]).toEqual([200, null, null]);
      expect((await sandbox.get('/2.0/users/me/accounts?all', token)).json['total']).toBe(2);
    });

    it('should wait for a confirmation in an app, blocking or in the background', async () => {
      const { status, json } = await create({ id_connector: 62, ...LOGIN });
      expect([status, json['state']]).toEqual([202, 'decoupled']);
      const path = `${CONNECTIONS}/${String(json['id'])}`;
      const background = await sandbox.post(`${path}?background=true`, { resume: 'true' }, token);
      expect([background.status, background.json['state']]).toEqual([200, 'validating']);
      expect((await sandbox.get(path, token)).json['state']).toBe('validating');
      await sandbox.advanceClock(3);
      expect((await sandbox.get(path, token)).json['state']).toBeNull();
      const other = (await create({ id_connector: 62, ...LOGIN })).json['id'];
      expect(
        (await sandbox.post(`${CONNECTIONS}/${String(other)}`, { resume: true }, token)).json['state'],
      ).toBeNull();
    });

    it('should point to the bank where the bank has a site', async () => {
      const { status, json } = await create({ id_connector: 59 });
      expect([status, json['state']]).toEqual([202, 'webauthRequired']);
      expect(json['error_message']).toMatch(/^Redirecting to https:/);
      expect(json['expire']).not.toBeNull();
    });
  });

  describe('synchronising', () => {
    it('should answer 409 too soon after the last one, and go through later', async () => {
      const { id } = (await create({ id_connector: 40, website: 'par', ...LOGIN })).json;
      const early = await put(id);
      const text = `Can't force synchronization of connection ${String(id)}`;
      expect(early.status).toBe(409);
      expect(early.json).toEqual({
        code: 'conflict',
        description: text,
        message: text,
        request_id: expect.any(String) as string,
      });
      await sandbox.advanceClock(61);
      expect((await put(id, '?psu_requested=false')).status).toBe(200);
      expect((await put(id)).status).toBe(409);
    });

    it('should not make the consent longer', async () => {
      const { id } = (await create({ id_connector: 40, website: 'par', ...LOGIN })).json;
      const path = `${CONNECTIONS}/${String(id)}?expand=sources`;
      const before = (await sandbox.get(path, token)).json['sources'] as { access_expire: string }[];
      await sandbox.advanceClock(86_400 * 10);
      await put(id);
      const after = (await sandbox.get(path, token)).json['sources'] as { access_expire: string }[];
      expect(after[0]?.access_expire).toBe(before[0]?.access_expire);
    });

    it('should bother the person only when present', async () => {
      const { id } = (await create({ id_connector: 61, ...LOGIN })).json;
      await sandbox.post(`/sandbox/connections/${String(id)}`, { state: 'SCARequired' });
      expect((await put(id, '?psu_requested=false')).json['state']).toBe('SCARequired');
      expect((await put(id)).json['state']).toBe('additionalInformationNeeded');
    });

    it('should leave a state alone that the person cannot change', async () => {
      const { id } = (await create({ id_connector: 40, website: 'par', ...LOGIN })).json;
      await sandbox.post(`/sandbox/connections/${String(id)}`, { state: 'websiteUnavailable' });
      expect((await put(id)).json['state']).toBe('websiteUnavailable');
      expect((await sandbox.post(`${CONNECTIONS}/${String(id)}`, {}, token)).json['state']).toBe(
        'websiteUnavailable',
      );
    });

    it('should take a new password after wrongpass', async () => {
      const { id } = (await create({ id_connector: 40, website: 'par', ...LOGIN })).json;
      const path = `${CONNECTIONS}/${String(id)}`;
      await sandbox.post(`/sandbox/connections/${String(id)}`, { state: 'wrongpass' });
      expect((await sandbox.post(path, { password: 'no' }, token)).status).toBe(400);
      expect((await sandbox.post(path, { password: '1234' }, token)).json['state']).toBeNull();
    });
  });

  describe('sources', () => {
    it('should be listed, and hidden once disabled', async () => {
      const { id } = (await create({ id_connector: 40, website: 'par', ...LOGIN })).json;
      const path = `${CONNECTIONS}/${String(id)}/sources`;
      const [source] = (await sandbox.get(path, token)).json['sources'] as Record<string, unknown>[];
      expect(Object.keys(source ?? {}).join(' ')).toBe(
        'id id_connection id_connector_source name last_update disabled created state access_expire expire next_try',
      );
      const one = `${path}/${String(source?.['id'])}`;
      expect((await sandbox.post(one, { disabled: true }, token)).json['disabled']).not.toBeNull();
      expect((await sandbox.get(path, token)).json['total']).toBe(0);
      expect((await sandbox.get(`${path}?all`, token)).json['total']).toBe(1);
      expect((await sandbox.get(one, token)).status).toBe(200);
    });
  });
});
