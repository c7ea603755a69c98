import { describe, expect, it } from 'vitest';
import { SandboxHarness } from '../../__helpers__/sandbox.harness.js';
import { CONFIG_TOKEN } from '../../sandbox.credentials.js';
import { TestWebhooksController } from './test-webhooks.controller.js';

describe(TestWebhooksController.name, () => {
  it.each(['webhooks', 'sync'])('should send the webhooks of a synchronisation: /test/%s', async (name) => {
    const sandbox = await SandboxHarness.start();
    expect((await sandbox.post(`/2.0/test/${name}`, {}, CONFIG_TOKEN)).status).toBe(404);
    const { token, connectionId } = await sandbox.connectedUser();
    sandbox.webhooks.register({ event: 'CONNECTION_SYNCED', url: `${sandbox.url}/nowhere` });
    expect((await sandbox.post(`/2.0/test/${name}`, {}, token)).status).toBe(403);
    expect(sandbox.webhooks.log()).toHaveLength(0);
    expect((await sandbox.post(`/2.0/test/${name}`, {}, CONFIG_TOKEN)).status).toBe(200);
    const [delivery] = sandbox.webhooks.log();
    expect(JSON.stringify(delivery)).toContain(connectionId);
    await sandbox.close();
  });
});
