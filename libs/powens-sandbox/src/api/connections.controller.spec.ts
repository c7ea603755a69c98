import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SandboxHarness } from '../__helpers__/sandbox.harness.js';
import { ConnectionsController } from './connections.controller.js';

const CONNECTION_KEYS =
  'id id_user id_connector id_provider id_bank connector_uuid state error error_message fields last_update created ' +
  'active last_push expire next_try';

const DATE_TIME = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/;

describe(ConnectionsController.name, () => {
  let sandbox: SandboxHarness;
  beforeAll(async () => {
    sandbox = await SandboxHarness.start();
  });
  afterAll(() => sandbox.close());
  beforeEach(() => sandbox.post('/sandbox/reset'));

  it('should write a connection with the documented keys', async () => {
    const { token, connectionId } = await sandbox.connectedUser({ connector_ids: '40' });
    const { json } = await sandbox.get(`/2.0/users/me/connections/${connectionId}`, token);
    expect(Object.keys(json)).toEqual(CONNECTION_KEYS.split(' '));
    expect(json).toMatchObject({
      id: Number(connectionId),
      id_connector: 40,
      connector_uuid: '338178e6-3d01-564f-9a7b-52ca442459bf',
      state: null,
      active: true,
      created: expect.stringMatching(DATE_TIME) as string,
      last_update: expect.stringMatching(DATE_TIME) as string,
    });
  });

  it('should list them, with what expand asks for, nested too', async () => {
    const { token } = await sandbox.connectedUser({ connector_ids: '40' });
    const bare = await sandbox.get('/2.0/users/me/connections', token);
    expect(Object.keys(bare.json)).toEqual(['connections', 'total']);
    const expand = 'connector[countries,sources],sources,all_accounts[transactions],subscriptions';
    const { json } = await sandbox.get(`/2.0/users/me/connections?expand=${expand}`, token);
    expect(json).toMatchObject({
      connections: [
        {
          connector: {
            id: 40,
            countries: [{ id: 'fr' }],
            sources: [
              { id: 77, name: 'directaccess' },
              { id: 277, name: 'openapi' },
            ],
          },
          sources: [
            {
              id_connector_source: 77,
              state: null,
              access_expire: expect.stringMatching(DATE_TIME) as string,
            },
          ],
          all_accounts: [{ transactions: expect.any(Array) as unknown[] }, {}, {}],
          subscriptions: [{ label: 'Relevés bancaires' }],
        },
      ],
    });
  });

  it('should delete one with 204, and find it no more', async () => {
    const { token, connectionId } = await sandbox.connectedUser();
    const path = `/2.0/users/me/connections/${connectionId}`;
    expect((await sandbox.call('DELETE', path, { bearer: token })).status).toBe(204);
    const { status, json } = await sandbox.get(path, token);
    expect([status, json['code'], json['description']]).toEqual([
      404,
      'notFound',
      'Ressource was not found.',
    ]);
    expect(sandbox.ledger.connections).toMatchObject([{ deleted: true }]);
  });

  it('should not show or delete the connection of another user', async () => {
    const [one, other] = [await sandbox.connectedUser(), await sandbox.connectedUser()];
    const path = `/2.0/users/me/connections/${other.connectionId}`;
    expect((await sandbox.get(path, one.token)).status).toBe(404);
    expect((await sandbox.call('DELETE', path, { bearer: one.token })).status).toBe(404);
  });

  it('should be put into any state, an invented one included', async () => {
    const { token, connectionId } = await sandbox.connectedUser();
    const read = async (): Promise<Record<string, unknown>> =>
      (await sandbox.get(`/2.0/users/me/connections/${connectionId}`, token)).json;
    await sandbox.post(`/sandbox/connections/${connectionId}`, { state: 'additionalInformationNeeded' });
    expect(await read()).toMatchObject({ state: 'additionalInformationNeeded', fields: [{ name: 'otp' }] });
    await sandbox.post(`/sandbox/connections/${connectionId}`, { state: 'brandNew', errorMessage: 'Hm' });
    expect(await read()).toMatchObject({
      state: 'brandNew',
      error: 'brandNew',
      error_message: 'Hm',
      fields: null,
    });
    await sandbox.post(`/sandbox/connections/${connectionId}`, { state: null });
    expect(await read()).toMatchObject({ state: null, error_message: null });
  });

  it('should synchronise each night of the virtual clock, until the consent ends', async () => {
    const { token, connectionId } = await sandbox.connectedUser({ connector_ids: '40' });
    const read = async (): Promise<Record<string, unknown>> =>
      (await sandbox.get(`/2.0/users/me/connections/${connectionId}?expand=sources`, token)).json;
    const created = await read();
    await sandbox.advanceClock(3 * 86_400);
    const later = await read();
    expect(later['state']).toBeNull();
    expect(String(later['last_update']) > String(created['last_update'])).toBe(true);
    await sandbox.advanceClock(180 * 86_400);
    expect(await read()).toMatchObject({
      state: 'SCARequired',
      next_try: null,
      sources: [{ state: 'SCARequired' }],
    });
  });
});
