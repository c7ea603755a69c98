import { ConnectionsService } from 'nestjs-powens-connections';
import { describe, expect, it } from 'vitest';
import type { FlowApp } from '../../helpers/flow/flow-app.js';
import { useFlowApp } from '../../helpers/flow/use-flow-app.js';
import { connected, connectionsOf, eventOf } from '../../helpers/flow/lifecycle.js';
import { attemptOf, sql } from '../../helpers/flow/observe.js';
import { start, until, visitWebview } from '../../helpers/flow/person.js';
import { closeTab, isAtPowens, manage, quarantined, runOut, toldOf } from '../../helpers/flow/quarantine.js';

const HOUR_MS = 3_600_000;

/** What was connected at Powens and came back to no browser that had started it. */
describe('a connection that nobody confirmed', () => {
  let app: FlowApp;
  const service = (): ConnectionsService => app.app.get(ConnectionsService);

  useFlowApp({ options: { lifecycle: { sweepIntervalMs: 100 } } }, (opened) => {
    app = opened;
  });

  it('should be told of, and not be shown by any route, when a tab was closed too early [OA-31]', async () => {
    const { browser, connection, id, told, powensConnectionId } = await quarantined(app, 'closed');
    expect(told).toMatchObject({ ownerId: 'closed', attemptId: null, powensConnectionId });
    const { removeAt } = told.data as { removeAt: string };
    expect(new Date(removeAt).getTime() - Date.now()).toBeGreaterThan(71 * HOUR_MS);
    const [row] = await sql(app, 'SELECT status, remove_at FROM powens_connection WHERE id = $1', [id]);
    expect(row).toEqual({ status: 'unconfirmed', remove_at: new Date(removeAt) });

    expect((await connectionsOf(browser)).map((shown) => shown.id)).toEqual([connection.id]);
    const answers = [
      await browser.get(`/connections/${id}`),
      await browser.post(`/connections/${id}/sync`),
      await browser.post(`/connections/${id}/reconnect`),
      await browser.post('/connections/manage', { connectionId: id }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
  });

  it('should not come to the owner of a forwarded link by opening the manage page [OA-31, A05]', async () => {
    const { browser: attacker, connection } = await connected(app, 'mallory');
    const { url } = await start(attacker);
    const callback = await visitWebview(app, url);
    const victim = app.browser('victim');
    expect((await victim.get(callback)).status).toBe(400);
    await manage(app, attacker, { lateStart: true });
    await eventOf(app, 'mallory', 'connection.unconfirmed');
    // Once more: what is in quarantine by now is not confirmed by a second look either.
    const { attemptId } = await manage(app, attacker, { lateStart: true });
    expect(await attemptOf(attacker, attemptId)).toMatchObject({ status: 'connected', connectionIds: [] });
    expect((await connectionsOf(attacker)).map(({ id }) => id)).toEqual([connection.id]);
    expect(await connectionsOf(victim)).toEqual([]);
  });

  it('should be confirmed by its late callback, under the id that was told, once [OA-31]', async () => {
    const { browser, id, callback, attemptId, powensConnectionId } = await quarantined(app, 'late');
    expect((await browser.get(callback)).status).toBe(303);
    expect(await attemptOf(browser, attemptId)).toMatchObject({ status: 'connected', connectionIds: [id] });
    expect((await connectionsOf(browser)).map((shown) => shown.id)).toContain(id);
    expect((await browser.get(callback)).status).toBe(303);
    await until(() => toldOf([app], powensConnectionId).includes('connection.created'));
    expect(toldOf([app], powensConnectionId)).toEqual(['connection.unconfirmed', 'connection.created']);
    const [row] = await sql(
      app,
      'SELECT status, attempt_id, unconfirmed_since, remove_at FROM powens_connection WHERE id = $1',
      [id],
    );
    expect(row).toEqual({
      status: 'active',
      attempt_id: attemptId,
      unconfirmed_since: null,
      remove_at: null,
    });
  });

  it('should be confirmed beside new ones and known ones that the same callback names [OA-31]', async () => {
    const { browser, id, callback, connection, powensConnectionId } = await quarantined(app, 'several');
    const other = await closeTab(app, browser);
    const ids = [connection.powensConnectionId, powensConnectionId, other.powensConnectionId].join(',');
    const named = callback.replace(/connection_ids?=[^&]*/, `connection_ids=${ids}`);
    expect(named).toContain(ids);
    expect((await browser.get(named)).status).toBe(303);
    const shown = await connectionsOf(browser);
    expect(shown.map((one) => one.powensConnectionId).sort()).toEqual(ids.split(',').sort());
    expect(shown.map((one) => one.id)).toEqual(expect.arrayContaining([id, connection.id]));
    await until(() => toldOf([app], other.powensConnectionId).length > 0);
    expect(toldOf([app], connection.powensConnectionId)).toEqual(['connection.created']);
    expect(toldOf([app], other.powensConnectionId)).toEqual(['connection.created']);
  });

  it('should take over at its confirmation what became of it meanwhile', async () => {
    const { browser, id, powensConnectionId } = await quarantined(app, 'changed');
    await fetch(`${app.sandbox.url}/sandbox/connections/${powensConnectionId}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ state: 'wrongpass' }),
    });
    expect(await service().confirm('changed', id)).toMatchObject({ id, state: 'wrongpass' });
    expect((await browser.get(`/connections/${id}`)).json()).toMatchObject({ requiredAction: 'reconnect' });
  });

  it('should be listed for the host, and confirmed by the word of its owner, once [OA-31]', async () => {
    const { browser, id, powensConnectionId } = await quarantined(app, 'asked');
    const [listed, ...others] = await service().listUnconfirmed('asked');
    expect(others).toEqual([]);
    expect(listed).toMatchObject({ id, powensConnectionId });
    expect(listed?.removeAt.getTime()).toBe((listed?.unconfirmedSince.getTime() ?? 0) + 72 * HOUR_MS);
    await service().confirm('asked', id);
    expect(await service().confirm('asked', id)).toMatchObject({ id });
    expect(await service().listUnconfirmed('asked')).toEqual([]);
    expect((await connectionsOf(browser)).map((shown) => shown.id)).toContain(id);
    await until(() => toldOf([app], powensConnectionId).length > 1);
    expect(toldOf([app], powensConnectionId)).toEqual(['connection.unconfirmed', 'connection.created']);
  });

  it('should be absent for everybody else [G12]', async () => {
    const { id, powensConnectionId } = await quarantined(app, 'mine');
    await connected(app, 'other');
    expect(await service().listUnconfirmed('other')).toEqual([]);
    expect(await service().listUnconfirmed({ id: 'mine', tenant: 'elsewhere' })).toEqual([]);
    const absent = expect.objectContaining({ code: 'not_found' }) as unknown;
    for (const stranger of ['other', { id: 'mine', tenant: 'elsewhere' }]) {
      await expect(service().confirm(stranger, id)).rejects.toEqual(absent);
      await expect(service().delete(stranger, id)).rejects.toEqual(absent);
    }
    await expect(service().confirm('mine', 'no-uuid')).rejects.toEqual(absent);
    expect(isAtPowens(app, powensConnectionId)).toBe(true);
    expect(await service().listUnconfirmed('mine')).toHaveLength(1);
  });

  it('should be created when it was made on the manage page itself, and confirmed when a webhook was faster [OA-31]', async () => {
    const { browser, id } = await quarantined(app, 'manager');
    const { attemptId } = await manage(app, browser, { connections: 1 });
    const { connectionIds } = await attemptOf(browser, attemptId);
    expect(connectionIds).toHaveLength(2);
    expect(connectionIds).toContain(id);
    expect(await connectionsOf(browser)).toHaveLength(3);
    expect(await service().listUnconfirmed('manager')).toEqual([]);
  });

  it('should be deleted when its owner says so, at once and told as such', async () => {
    const { browser, id, powensConnectionId } = await quarantined(app, 'deleted');
    expect((await browser.send('DELETE', `/connections/${id}`, {})).status).toBe(204);
    expect(isAtPowens(app, powensConnectionId)).toBe(false);
    expect(await eventOf(app, 'deleted', 'connection.deleted')).toMatchObject({
      connectionId: id,
      data: { reason: 'requested' },
    });
    await expect(service().confirm('deleted', id)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('should be gone for its confirmation when it is gone at Powens', async () => {
    const { id, powensConnectionId } = await quarantined(app, 'vanished');
    await service().withToken('vanished', async (token) =>
      token.use(async (clear) =>
        fetch(`${app.sandbox.url}/2.0/users/me/connections/${powensConnectionId}`, {
          method: 'DELETE',
          headers: { authorization: `Bearer ${clear}` },
        }),
      ),
    );
    await expect(service().confirm('vanished', id)).rejects.toMatchObject({ code: 'not_found' });
    expect(await service().listUnconfirmed('vanished')).toEqual([]);
    expect(await eventOf(app, 'vanished', 'connection.deleted')).toMatchObject({ connectionId: id });
  });

  it('should be removed at Powens and here when its time is over, and nothing else [OA-31]', async () => {
    const { browser, connection, id, callback, attemptId, powensConnectionId } = await quarantined(
      app,
      'over',
    );
    await runOut(app, id);
    expect(await eventOf(app, 'over', 'connection.deleted')).toMatchObject({
      connectionId: id,
      data: { reason: 'unconfirmed' },
    });
    expect(isAtPowens(app, powensConnectionId)).toBe(false);
    expect(isAtPowens(app, connection.powensConnectionId)).toBe(true);
    expect((await connectionsOf(browser)).map((shown) => shown.id)).toEqual([connection.id]);
    // Too late: the callback finds nothing at Powens any more.
    await browser.get(callback);
    expect(await attemptOf(browser, attemptId)).toMatchObject({
      status: 'failed',
      error: 'connection_not_found',
    });
  });
});
