import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SandboxHarness } from '../../__helpers__/sandbox.harness.js';
import { SubscriptionsController } from './subscriptions.controller.js';

describe(SubscriptionsController.name, () => {
  let sandbox: SandboxHarness;
  beforeAll(async () => {
    sandbox = await SandboxHarness.start();
  });
  afterAll(() => sandbox.close());

  it('should list contracts and their bills, of the enabled ones only', async () => {
    const { token } = await sandbox.connectedUser({ connector_ids: '81' });
    const { json } = await sandbox.get('/2.0/users/me/subscriptions', token);
    expect(json).toMatchObject({ total: 2, subscriptions: [{ label: 'Fibre maison', disabled: null }, {}] });
    expect((await sandbox.get('/2.0/users/me/documents?limit=3', token)).json).toMatchObject({ total: 24 });
    const [first] = json['subscriptions'] as { id: number }[];
    const path = `/2.0/users/me/subscriptions/${first?.id}`;
    await sandbox.call('PUT', `${path}?all`, { body: { disabled: true }, bearer: token });
    expect((await sandbox.get('/2.0/users/me/subscriptions', token)).json['total']).toBe(1);
    expect((await sandbox.get(path, token)).status).toBe(404);
    expect((await sandbox.get(`${path}?all`, token)).status).toBe(200);
  });
});
