import { ConnectionsService } from 'nestjs-powens-connections';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFlowApp, type FlowApp } from '../../../helpers/flow/flow-app.js';
import { connected, eventOf, type Connected } from '../../../helpers/flow/lifecycle.js';
import { inboxEmpty, powensUserOf, push, syncedBody } from '../../../helpers/webhooks/pushed.js';
import { closeTab } from '../../../helpers/flow/quarantine.js';

const SYNCED = '/connections/webhooks/connection-synced';
const DELETED = '/connections/webhooks/connection-deleted';
let serial = 660_000;

describe('webhooks that carry the token of a user, about what is not theirs [N23]', () => {
  let app: FlowApp;
  let victim: Connected;
  let attacker: Connected;

  beforeAll(async () => {
    app = await startFlowApp({
      options: {
        webhooks: { auth: { type: 'bearer' }, pollIntervalMs: 50 },
        lifecycle: { unconfirmedGraceSeconds: 0 },
      },
    });
    victim = await connected(app, 'victim');
    attacker = await connected(app, 'attacker');
  });

  afterAll(async () => {
    await app.close();
  });

  async function send(from: Connected, path: string, body: unknown): Promise<void> {
    const token = await app.app
      .get(ConnectionsService)
      .withToken(from.browser.user ?? '', (secret) => secret.use((clear) => clear));
    const headers = { authorization: `Bearer ${token}` };
    expect((await push(app.url, path, body, { secret: '', signature: null, headers })).status).toBe(204);
  }

  async function ids(
    owner: Connected,
    powensConnectionId: string,
  ): Promise<Parameters<typeof syncedBody>[0]> {
    return { powensConnectionId, powensUserId: await powensUserOf(app, owner) };
  }

  it('should plant no deletion for the connection of another user', async () => {
    const { powensConnectionId } = await closeTab(app, victim.browser);
    await send(attacker, DELETED, {
      id: Number(powensConnectionId),
      id_user: Number(await powensUserOf(app, attacker)),
      id_webhook_data: (serial += 1),
    });
    await inboxEmpty(app);
    const told = { lastUpdate: '2027-03-14 10:27:40', webhookDataId: (serial += 1) };
    await send(victim, SYNCED, syncedBody(await ids(victim, powensConnectionId), told));
    expect(await eventOf(app, 'victim', 'connection.unconfirmed')).toMatchObject({ powensConnectionId });
  });

  it('should use up no id of a webhook of another user', async () => {
    const { connection } = victim;
    const told = { lastUpdate: '2027-03-15 10:27:40', webhookDataId: (serial += 1) };
    await send(
      attacker,
      SYNCED,
      syncedBody(await ids(attacker, attacker.connection.powensConnectionId), told),
    );
    await send(victim, SYNCED, syncedBody(await ids(victim, connection.powensConnectionId), told));
    expect(await eventOf(app, 'victim', 'connection.synced')).toMatchObject({ connectionId: connection.id });
  });

  it('should neither touch nor hold up the connection of another user', async () => {
    const { connection } = victim;
    await send(attacker, SYNCED, {
      ...syncedBody(await ids(attacker, connection.powensConnectionId), {
        lastUpdate: '2027-03-16 10:27:40',
        state: 'wrongpass',
        webhookDataId: (serial += 1),
      }),
    });
    await send(attacker, DELETED, {
      id: Number(connection.powensConnectionId),
      id_user: Number(await powensUserOf(app, attacker)),
      id_webhook_data: (serial += 1),
    });
    await inboxEmpty(app);
    expect((await victim.browser.get(`/connections/${connection.id}`)).json()).toMatchObject({ state: null });
  });
});
