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
      redirect_uris: ['https://app.example.test/cb'],
      id_logo: null,
      config: '{}',
    });
    const config = await sandbox.get('/2.0/clients/20000001', CONFIG_TOKEN);
    expect(config.json['secret']).toBe('sandbox-client-secret-not-for-production');
  });

  it('should not show the application of another domain', async () => {
    const { token } = await sandbox.permanentUser();
    expect((await sandbox.get('/2.0/clients/88', token)).status).toBe(404);
    expect((await sandbox.get('/2.0/clients/20000001')).status).toBe(401);
  });
});
