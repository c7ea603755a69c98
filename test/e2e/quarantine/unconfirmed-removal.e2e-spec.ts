import { ConnectionsService } from 'nestjs-powens-connections';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { endLeases, eventOf, liveTokens } from '../../helpers/flow/lifecycle.js';
import { attemptOf, clearFaults, plant, sql } from '../../helpers/flow/observe.js';
import { until } from '../../helpers/flow/person.js';
import { isAtPowens, quarantined, runOut, toldOf } from '../../helpers/flow/quarantine.js';

const SWEEPING = { lifecycle: { sweepIntervalMs: 100 } };
const AWAY = {
  kind: 'status',
  method: 'DELETE',
  path: '/users/me/connections/*',
  status: 503,
  times: 1000,
} as const;

/** The time in quarantine is over, and something goes wrong. */
describe('the removal of what nobody confirmed', () => {
  let app: FlowApp;
  const statusOf = async (id: string): Promise<unknown> =>
    (await sql(app, 'SELECT status FROM powens_connection WHERE id = $1', [id]))[0]?.['status'];

  beforeEach(async () => {
    app = await startFlowApp({ options: SWEEPING });
  });

  afterEach(async () => {
    await app.close();
  });

  it('should go on after a restart where Powens was away, for the same reason, told once [OA-31]', async () => {
    const { id, powensConnectionId } = await quarantined(app, 'restarted');
    await plant(app, AWAY);
    await runOut(app, id);
    await until(async () => (await statusOf(id)) === 'deleting');
    expect(isAtPowens(app, powensConnectionId)).toBe(true);
    await app.stop();
    await clearFaults(app);
    const next = await startFlowApp({ like: app, options: SWEEPING });
    try {
      await endLeases(next);
      await until(() => !isAtPowens(app, powensConnectionId));
      expect(await eventOf(next, 'restarted', 'connection.deleted')).toMatchObject({
        connectionId: id,
        data: { reason: 'unconfirmed' },
      });
      expect(toldOf([app, next], powensConnectionId)).toEqual([
        'connection.unconfirmed',
        'connection.deleted',
      ]);
    } finally {
      await next.stop();
    }
  });

  it.each([
    { point: 'before Powens was told', isGone: false },
    { point: 'after Powens was told', isGone: true },
  ])('should be ended by whoever finds it, when its process died $point', async ({ isGone }) => {
    const { id, powensConnectionId } = await quarantined(app, 'crashed');
    if (isGone) {
      await app.app.get(ConnectionsService).withToken('crashed', async (token) =>
        token.use(async (clear) =>
          fetch(`${app.sandbox.url}/2.0/users/me/connections/${powensConnectionId}`, {
            method: 'DELETE',
            headers: { authorization: `Bearer ${clear}` },
          }),
        ),
      );
    }
    // What its first statement leaves, and nothing that came after it.
    await sql(
      app,
      `UPDATE powens_connection SET status = 'deleting', removal_reason = 'unconfirmed', leased_until = now(), revision = revision + 1 WHERE id = $1`,
      [id],
    );
    expect(await eventOf(app, 'crashed', 'connection.deleted')).toMatchObject({
      connectionId: id,
      data: { reason: 'unconfirmed' },
    });
    expect(isAtPowens(app, powensConnectionId)).toBe(false);
    // The row stays for a while, so that no callback under way brings the connection back; then it goes, too.
    expect(await statusOf(id)).toBe('deleting');
    await sql(app, 'UPDATE powens_connection SET remove_at = now() WHERE id = $1', [id]);
    await until(async () => (await statusOf(id)) === undefined);
    expect(toldOf([app], powensConnectionId)).toEqual(['connection.unconfirmed', 'connection.deleted']);
  });

  it('should not be undone by a callback that comes when it has begun [OA-31]', async () => {
    const { browser, id, callback, attemptId, powensConnectionId } = await quarantined(app, 'too-late');
    await plant(app, AWAY);
    await runOut(app, id);
    await until(async () => (await statusOf(id)) === 'deleting');
    await browser.get(callback);
    expect(await attemptOf(browser, attemptId)).toMatchObject({
      status: 'failed',
      error: 'connection_not_found',
      connectionIds: [],
    });
    await expect(app.app.get(ConnectionsService).confirm('too-late', id)).rejects.toMatchObject({
      code: 'not_found',
    });
    expect(await statusOf(id)).toBe('deleting');
    await clearFaults(app);
    await endLeases(app);
    await until(() => !isAtPowens(app, powensConnectionId));
  });

  it('should be told as asked for, when its owner asked while it was under way', async () => {
    const { browser, id } = await quarantined(app, 'impatient');
    await plant(app, AWAY);
    await runOut(app, id);
    await until(async () => (await statusOf(id)) === 'deleting');
    expect((await browser.send('DELETE', `/connections/${id}`, {})).status).toBeGreaterThanOrEqual(500);
    await clearFaults(app);
    await endLeases(app);
    expect(await eventOf(app, 'impatient', 'connection.deleted')).toMatchObject({
      data: { reason: 'requested' },
    });
  });

  it('should not bring back a token that was revoked on purpose [TC-23]', async () => {
    const { id, powensConnectionId, told } = await quarantined(app, 'revoked');
    await app.app.get(ConnectionsService).revokeToken('revoked');
    await runOut(app, id);
    await eventOf(app, 'revoked', 'connection.deleted');
    expect(isAtPowens(app, powensConnectionId)).toBe(false);
    expect(liveTokens(app, told.powensUserId ?? '')).toEqual([]);
    const [user] = await sql(app, `SELECT status, sealed_token FROM powens_user WHERE owner_id = 'revoked'`);
    expect(user).toEqual({ status: 'revoked', sealed_token: null });
  });
});
