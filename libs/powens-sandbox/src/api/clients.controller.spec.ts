import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SandboxHarness } from '../__helpers__/sandbox.harness.js';
import { CONFIG_TOKEN } from '../index.js';
import { ClientsController } from './clients.controller.js';

describe(ClientsController.name, () => {
  let sandbox: SandboxHarness;
  beforeAll(async () => {
    sandbox = await SandboxHarness.start();
    await sandbox.post('/sandbox/clients', {
      clientId: '20000001',
      redirectUris: ['https://app.example.test/cb'],
    });
    await sandbox.post('/sandbox/clients', { clientId: '88', clientSecret: 's', domain: 'other-sandbox' });
  });
  afterAll(() => sandbox.close());

  it('should show the callbacks to a user, and the secret to the config token only', async () => {
    const { token } = await sandbox.permanentUser();
    const { json } = await sandbox.get('/2.0/clients/20000001', token);
    expect(json).toEqual({
      id: 20000001,
      name: 'Demo application',
      secret: null,
      public_key: null,
      private_key: null,
      redirect_uris: ['https://app.example.test/cb', expect.stringContaining('localhost') as unknown],
      id_logo: null,
      primary_color: null,
      config: '{}',
    });
    const config = await sandbox.get('/2.0/clients/20000001', CONFIG_TOKEN);
    expect(config.json['secret']).toBe('sandbox-client-secret-not-for-production');
  });

  it('should list, add, change and delete applications for the config token', async () => {
    const body = { name: 'Second', redirect_uris: 'https://a.example.test/cb, https://b.example.test/cb' };
    const made = await sandbox.post('/2.0/clients', body, CONFIG_TOKEN);
    expect(made).toMatchObject({ status: 201, json: { name: 'Second' } });
    expect(made.json['redirect_uris']).toHaveLength(2);
    const path = `/2.0/clients/${String(made.json['id'])}`;
    const renamed = await sandbox.call('PUT', path, { body: { name: 'Third' }, bearer: CONFIG_TOKEN });
    expect(renamed.json).toMatchObject({ name: 'Third', redirect_uris: made.json['redirect_uris'] });
    const { json } = await sandbox.get('/2.0/clients', CONFIG_TOKEN);
    expect(json['clients']).toContainEqual(renamed.json);
    expect((await sandbox.call('DELETE', path, { bearer: CONFIG_TOKEN })).status).toBe(204);
    expect((await sandbox.get(path, CONFIG_TOKEN)).status).toBe(404);
  });

  it('should not show the application of another domain', async () => {
    const { token } = await sandbox.permanentUser();
    expect((await sandbox.get('/2.0/clients/88', token)).status).toBe(404);
    expect((await sandbox.get('/2.0/clients/20000001')).status).toBe(401);
  });
});
