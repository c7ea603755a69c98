import { ConnectionsService } from 'nestjs-powens-connections';
import { describe, expect, it } from 'vitest';
import type { FlowApp } from '../../helpers/flow/flow-app.js';
import { useFlowApp } from '../../helpers/flow/use-flow-app.js';
import {
  admin,
  advance,
  connected,
  connectionsOf,
  endLeases,
  eventOf,
  liveTokens,
} from '../../helpers/flow/lifecycle.js';
import { attemptOf, clearFaults, plant, sql, type PlantedFault } from '../../helpers/flow/observe.js';
import { connect, start, until, visitWebview, type Started } from '../../helpers/flow/person.js';
import { deleteUserAtPowens } from '../../helpers/flow/reconciling.js';
import { answerWith } from '../../helpers/upstream/upstream.js';

/** What a provider that is away, or a user that is gone there, does to a life that goes on. */
describe('the edges of a life', () => {
  let app: FlowApp;

  useFlowApp({ options: { lifecycle: { sweepIntervalMs: 200 } } }, (opened) => {
    app = opened;
  });

  const atPowens = (powensConnectionId: string): boolean =>
    app.sandbox.ledger().connections.some(({ id, deleted }) => String(id) === powensConnectionId && !deleted);

  const powensUserOf = async (owner: string): Promise<string> =>
    (await eventOf(app, owner, 'connection.created')).powensUserId ?? '';

  async function revokeAtPowens(owner: string): Promise<void> {
    for (const token of liveTokens(app, await powensUserOf(owner))) {
      const headers = { authorization: `Bearer ${token}` };
      await fetch(`${app.sandbox.url}/2.0/auth/token`, { method: 'DELETE', headers });
    }
  }

  it('should delete a connection at Powens although its token is being revoked', async () => {
    const { browser, connection } = await connected(app, 'revoking');
    await admin(app, 'faults', {
      method: 'DELETE',
      path: '/auth/token',
      kind: 'status',
      status: 503,
      times: 9,
    });
    await expect(app.app.get(ConnectionsService).revokeToken('revoking')).rejects.toThrow();
    const answer = await browser.send('DELETE', `/connections/${connection.id}`, {});
    expect(answer.status).toBe(503);
    expect(atPowens(connection.powensConnectionId)).toBe(true);
    await clearFaults(app);
    const isRevoked = async (): Promise<boolean> =>
      (await sql(app, `SELECT 1 FROM powens_user WHERE owner_id = 'revoking' AND status = 'revoked'`))
        .length === 1;
    await until(isRevoked);
    await endLeases(app);
    await eventOf(app, 'revoking', 'connection.deleted');
    expect(atPowens(connection.powensConnectionId)).toBe(false);
  });

  it('should delete a connection at Powens although its token is dead and may not be renewed [RL-09]', async () => {
    const { browser, connection } = await connected(app, 'imported');
    await sql(app, `UPDATE powens_user SET renewable = false WHERE owner_id = 'imported'`);
    await revokeAtPowens('imported');
    expect((await browser.send('DELETE', `/connections/${connection.id}`, {})).status).toBe(204);
    expect(atPowens(connection.powensConnectionId)).toBe(false);
    expect(liveTokens(app, await powensUserOf('imported'))).toEqual([]);
  });

  it('should end the erasure of an owner whose token is revoked and whose user is gone at Powens [TC-24]', async () => {
    const { browser } = await connected(app, 'gone');
    await deleteUserAtPowens(app, 'gone');
    await app.app.get(ConnectionsService).revokeToken('gone');
    expect((await browser.send('DELETE', '/connections/me', {})).status).toBe(204);
    expect(await sql(app, `SELECT 1 FROM powens_user WHERE owner_id = 'gone'`)).toEqual([]);
  });

  it('should complete the manage page while a deletion is not done at Powens yet', async () => {
    const { browser, connection } = await connected(app, 'managing');
    await admin(app, 'faults', {
      method: 'DELETE',
      path: '/users/me/connections/*',
      kind: 'status',
      status: 503,
      times: 1000,
    });
    await browser.send('DELETE', `/connections/${connection.id}`, {});
    const { url, attemptId } = (await browser.post('/connections/manage')).json<
      Started & Record<string, unknown>
    >();
    await browser.get(await visitWebview(app, url));
    expect(await attemptOf(browser, attemptId)).toMatchObject({ status: 'connected', connectionIds: [] });
    expect(await connectionsOf(browser)).toEqual([]);
    await clearFaults(app);
    await endLeases(app);
    await until(() => !atPowens(connection.powensConnectionId));
  });

  it('should not take connections on the second page of Powens for deleted', async () => {
    const { browser } = await connected(app, 'paged');
    await connect(app, browser);
    const [first, ...others] = await connectionsOf(browser);
    const { url, attemptId } = (await browser.post('/connections/manage')).json<
      Started & Record<string, unknown>
    >();
    const callback = await visitWebview(app, url);
    const next = { href: '/2.0/users/me/connections?limit=1&offset=1&expand=connector%2Csources' };
    const body = { connections: [{ id: first?.powensConnectionId }], _links: { next } };
    await answerWith(app, '/users/me/connections', body);
    await browser.get(callback);
    expect(await attemptOf(browser, attemptId)).toMatchObject({ status: 'connected' });
    expect((await connectionsOf(browser)).map(({ id }) => id)).toEqual(
      [first, ...others].map((one) => one?.id),
    );
    expect(others).toHaveLength(1);
  });

  it('should not take a callback of a known owner without any connection for a success', async () => {
    const { browser } = await connected(app, 'empty');
    const { url, attemptId } = await start(browser);
    const state = new URL(url).searchParams.get('state') ?? '';
    await browser.get(`/connections/callback?state=${state}`);
    expect(await attemptOf(browser, attemptId)).toMatchObject({
      status: 'failed',
      error: 'callback_incomplete',
    });
  });

  it.each([
    ['refused at once', { kind: 'status', status: 403 }, 502, 202],
    ['turned away for a while', { kind: 'status', status: 429, headers: { 'retry-after': '60' } }, 503, 202],
    ['lost after it may have begun', { kind: 'status', status: 500 }, 502, 409],
  ])(
    'should give the right to synchronise back only when Powens certainly did nothing: %s [G5]',
    async (what, fault, refused, again) => {
      const { browser, connection } = await connected(app, `sync ${what}`);
      await advance(app, 120);
      await plant(app, { method: 'PUT', path: '/users/me/connections/*', ...(fault as PlantedFault) });
      const path = `/connections/${connection.id}/sync`;
      expect((await browser.post(path)).status).toBe(refused);
      expect((await browser.post(path)).status).toBe(again);
    },
  );
});
