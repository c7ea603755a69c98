import { createVerify } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CREDENTIALS, SandboxHarness } from '../../__helpers__/sandbox.harness.js';
import { CONFIG_TOKEN, DEFAULT_CLIENT } from '../../sandbox.credentials.js';
import { JwtController } from './jwt.controller.js';

const HOUR = 3600;

describe(JwtController.name, () => {
  let sandbox: SandboxHarness;
  beforeAll(async () => {
    sandbox = await SandboxHarness.start();
  });
  afterAll(() => sandbox.close());

  it('should sign a token of the user with the key of the client application', async () => {
    const { id } = await sandbox.permanentUser();
    const { json } = await sandbox.post('/2.0/auth/jwt', { ...CREDENTIALS, id_user: id, scope: 'read' });
    const [head = '', payload = '', signature = ''] = String(json['jwt_token']).split('.');
    const client = await sandbox.get(`/2.0/clients/${DEFAULT_CLIENT.clientId}`, CONFIG_TOKEN);
    const verifier = createVerify('RSA-SHA256').update(`${head}.${payload}`);
    expect(verifier.verify(String(client.json['public_key']), signature, 'base64url')).toBe(true);
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toEqual(json['payload']);
    expect(json['payload']).toMatchObject({ id_user: id, iss: 20_000_001, scope: 'read' });
    const me = await sandbox.get('/2.0/users/me', String(json['jwt_token']));
    expect(me.json['id']).toBe(id);
  });

  it('should make a user where none is named, and end the token after the minutes of the setting', async () => {
    await sandbox.post('/2.0/config', { 'auth.default_token_expire': 60 }, CONFIG_TOKEN);
    const made = await sandbox.post('/2.0/auth/jwt', CREDENTIALS);
    const kept = await sandbox.post('/2.0/auth/jwt', { ...CREDENTIALS, expire: false });
    expect(kept.json['payload']).not.toHaveProperty('exp');
    const statusOf = async ({ json }: typeof made): Promise<number> =>
      (await sandbox.get('/2.0/users/me', String(json['jwt_token']))).status;
    await sandbox.advanceClock(HOUR - 60);
    expect([await statusOf(made), await statusOf(kept)]).toEqual([200, 200]);
    await sandbox.advanceClock(120);
    expect([await statusOf(made), await statusOf(kept)]).toEqual([401, 200]);
  });

  it('should refuse a wrong secret, and the user of another domain', async () => {
    const wrong = await sandbox.post('/2.0/auth/jwt', { ...CREDENTIALS, client_secret: 'wrong' });
    const unknown = await sandbox.post('/2.0/auth/jwt', { ...CREDENTIALS, id_user: 1 });
    expect([wrong.status, unknown.status]).toEqual([403, 404]);
  });
});
