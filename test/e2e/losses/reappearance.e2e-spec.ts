import { ReconciliationService } from 'nestjs-powens-connections';
import { afterEach, describe, expect, it } from 'vitest';
import type { FlowApp } from '../../helpers/flow/flow-app.js';
import { useFlowApp } from '../../helpers/flow/use-flow-app.js';
import { connected, connectionsOf, type Connected } from '../../helpers/flow/lifecycle.js';
import { clearFaults, plant, sql } from '../../helpers/flow/observe.js';
import { until } from '../../helpers/flow/person.js';
import { hmacWebhooks, inboxEmpty, powensUserOf, push, syncedBody } from '../../helpers/webhooks/pushed.js';
import { isAtPowens, manage, toldOf } from '../../helpers/flow/quarantine.js';
import { answerWith } from '../../helpers/upstream/upstream.js';

const WEBHOOKS = '/connections/webhooks';
let serial = 770_000;

/** What ends the memory of a connection must not make it a stranger's: those are deleted at Powens. */
describe('a connection that Powens finds again after it was forgotten [N1]', () => {
  const { secret, options } = hmacWebhooks();
  let app: FlowApp;

  useFlowApp(
    {
      options: {
        ...options,
        losses: { confirmAfterHours: 0.0000001, maxPerDay: 50 },
      },
    },
    (opened) => {
      app = opened;
    },
  );

  afterEach(async () => {
    await clearFaults(app);
  });

  const reconcile = async (owner: string): Promise<unknown> =>
    app.app.get(ReconciliationService).reconcile(owner);

  async function rowOf({ connection }: Connected): Promise<Record<string, unknown> | undefined> {
    const [row] = await sql(app, 'SELECT * FROM powens_connection WHERE powens_connection_id = $1', [
      connection.powensConnectionId,
    ]);
    return row;
  }

  /** As if `losses.rememberDays` had passed since. */
  async function forget(owner: Connected): Promise<void> {
    const { id } = owner.connection;
    await sql(app, `UPDATE powens_connection SET remove_at = now() WHERE id = $1 AND status = 'gone'`, [id]);
    await until(async () => (await rowOf(owner))?.['remove_at'] === null);
    expect(await rowOf(owner)).toMatchObject({
      status: 'gone',
      connector_name: null,
      state: null,
      last_synced_at: null,
      connected_by: null,
      metadata: null,
    });
  }

  async function lost(owner: string): Promise<Connected> {
    const own = await connected(app, owner);
    await plant(app, {
      kind: 'status',
      status: 404,
      path: `/users/me/connections/${own.connection.powensConnectionId}`,
      times: 100,
    });
    await answerWith(app, '/users/me/connections', { connections: [] }, { times: 100 });
    await reconcile(owner);
    expect(await reconcile(owner)).toMatchObject({ removed: 1 });
    await clearFaults(app);
    await forget(own);
    return own;
  }

  async function expectBack(own: Connected): Promise<void> {
    const { id, powensConnectionId } = own.connection;
    await until(async () => (await rowOf(own))?.['status'] === 'active');
    expect(await connectionsOf(own.browser)).toMatchObject([{ id, powensConnectionId }]);
    expect(toldOf([app], powensConnectionId)).not.toContain('connection.unconfirmed');
    expect(isAtPowens(app, powensConnectionId)).toBe(true);
  }

  async function send(own: Connected, event: 'connection-synced' | 'connection-deleted'): Promise<void> {
    const ids = { ...own.connection, powensUserId: await powensUserOf(app, own) };
    const webhookDataId = (serial += 1);
    const body =
      event === 'connection-synced'
        ? syncedBody(ids, { lastUpdate: '2027-03-14 10:27:40', webhookDataId })
        : {
            id: Number(ids.powensConnectionId),
            id_user: Number(ids.powensUserId),
            id_webhook_data: webhookDataId,
          };
    expect((await push(app.url, `${WEBHOOKS}/${event}`, body, { secret })).status).toBe(204);
    await inboxEmpty(app);
  }

  it('should be in use under its old id when a comparison finds it', async () => {
    const own = await lost('compared later');
    expect(await reconcile('compared later')).toMatchObject({ added: 0, changed: 1 });
    await expectBack(own);
  });

  it('should be in use under its old id when a webhook reports it', async () => {
    const own = await lost('reported later');
    await send(own, 'connection-synced');
    await expectBack(own);
  });

  it('should be in use under its old id after a visit to the manage page', async () => {
    const own = await lost('managed later');
    expect((await manage(app, own.browser)).landed.status).toBe(303);
    await expectBack(own);
  });

  it('should come back by a look of ours alone where Powens itself reported it as deleted', async () => {
    const own = await connected(app, 'deleted then forgotten');
    await send(own, 'connection-deleted');
    await forget(own);
    await send(own, 'connection-synced');
    expect(await rowOf(own)).toMatchObject({ status: 'gone' });
    expect(await reconcile('deleted then forgotten')).toMatchObject({ added: 0, changed: 1 });
    await expectBack(own);
  });
});
