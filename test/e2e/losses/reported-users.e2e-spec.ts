import { ConnectionsService, ReconciliationService } from 'nestjs-powens-connections';
import { describe, expect, it } from 'vitest';
import type { FlowApp } from '../../helpers/flow/flow-app.js';
import { useFlowApp } from '../../helpers/flow/use-flow-app.js';
import { connected, eventOf, type Connected } from '../../helpers/flow/lifecycle.js';
import { orphanTokens, sql } from '../../helpers/flow/observe.js';
import { until } from '../../helpers/flow/person.js';
import { hmacWebhooks, inboxEmpty, powensUserOf, push } from '../../helpers/webhooks/pushed.js';
import { isAtPowens } from '../../helpers/flow/quarantine.js';
import { deleteUserAtPowens, eventTypes } from '../../helpers/flow/reconciling.js';

let serial = 810_000;

/** Without a token, Powens can only be asked by a token for this one question. */
describe('USER_DELETED of an owner whose token was revoked here [N5]', () => {
  const { secret, options } = hmacWebhooks();
  let app: FlowApp;

  useFlowApp({ options: { ...options, losses: { confirmAfterHours: 0.0000001 } } }, (opened) => {
    app = opened;
  });

  const service = (): ReconciliationService => app.app.get(ReconciliationService);

  async function reported(own: Connected): Promise<void> {
    const id = Number(await powensUserOf(app, own));
    await app.app.get(ConnectionsService).revokeToken(own.browser.user ?? '');
    const body = { id, id_user: id, id_webhook_data: (serial += 1) };
    expect((await push(app.url, '/connections/webhooks/user-deleted', body, { secret })).status).toBe(204);
    await inboxEmpty(app);
  }

  const statusOf = async (owner: string): Promise<unknown> => {
    const [row] = await sql(app, 'SELECT status, status_reason FROM powens_user WHERE owner_id = $1', [
      owner,
    ]);
    return row;
  };

  it('should take nothing away when the second look finds the user', async () => {
    const own = await connected(app, 'there');
    await reported(own);
    expect(await service().listLosses()).toMatchObject([{ subject: 'user', status: 'suspected' }]);
    expect(eventTypes(app, 'there')).not.toContain('user.deleted');

    await service().reconcileAll();
    expect(await service().listLosses()).toEqual([]);
    expect(await statusOf('there')).toEqual({ status: 'revoked', status_reason: null });
    expect(eventTypes(app, 'there')).not.toContain('user.deleted');
    expect(isAtPowens(app, own.connection.powensConnectionId)).toBe(true);
    expect(await orphanTokens(app)).toEqual([]);
  });

  it('should say so once the second look agrees, and delete nothing at Powens', async () => {
    const own = await connected(app, 'not there');
    await deleteUserAtPowens(app, 'not there');
    await reported(own);
    expect(eventTypes(app, 'not there')).not.toContain('user.deleted');

    await service().reconcileAll();
    expect(await eventOf(app, 'not there', 'user.deleted')).toMatchObject({
      data: { reason: 'gone_at_powens' },
    });
    await until(async () => (await service().listLosses()).length === 0);
    expect(await statusOf('not there')).toEqual({ status: 'lost', status_reason: 'user_gone' });
    expect(eventTypes(app, 'not there').filter((type) => type === 'user.deleted')).toHaveLength(1);
  });
});
