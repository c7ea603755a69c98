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
  setState,
  type ConnectionBody,
} from '../../helpers/flow/lifecycle.js';
import { connect, start, stateOf, until, visitWebview, type Started } from '../../helpers/flow/person.js';
import { registerSecret } from '../../helpers/canary/collector.js';

describe.each(['webview-first', 'server-first'] as const)('the life of a connection, %s', (provisioning) => {
  let app: FlowApp;
  const owner = (name: string): string => `${name}-${provisioning}`;

  useFlowApp({ options: { provisioning, lifecycle: { sweepIntervalMs: 200 } } }, (opened) => {
    app = opened;
  });

  it('should repair a connection by a callback that carries the state alone [C6, G3]', async () => {
    const { browser, connection } = await connected(app, owner('anna'));
    await setState(app, connection, 'wrongpass');
    await advance(app, 120);
    await browser.post(`/connections/${connection.id}/sync`);
    expect(await eventOf(app, owner('anna'), 'connection.action_required')).toMatchObject({
      connectionId: connection.id,
      data: { state: 'wrongpass', requiredAction: 'reconnect' },
    });

    const answer = await browser.post(`/connections/${connection.id}/reconnect`, { lang: 'fr' });
    expect(answer.status).toBe(201);
    const { url, attemptId } = answer.json<Started & Record<string, unknown>>();
    registerSecret('state', stateOf(url));
    const webview = new URL(url);
    expect(webview.pathname).toBe('/fr/reconnect');
    expect(webview.searchParams.get('connection_id')).toBe(connection.powensConnectionId);
    const callback = await visitWebview(app, url);
    expect([...new URL(callback, app.url).searchParams.keys()]).toEqual(['state']);

    const landed = await browser.get(callback);
    expect(landed.location).toBe(`/connections/attempts/${attemptId}`);
    expect((await browser.get(landed.location)).json()).toMatchObject({
      flow: 'reconnect',
      status: 'connected',
      connectionIds: [connection.id],
    });
    await eventOf(app, owner('anna'), 'connection.reconnected');
    await eventOf(app, owner('anna'), 'connection.recovered');
    const [repaired] = await connectionsOf(browser);
    expect(repaired).toMatchObject({ id: connection.id, state: null, requiredAction: null });
  });

  it('should compare and tell what was done on the manage page', async () => {
    const { browser, connection } = await connected(app, owner('ben'));
    const answer = await browser.post('/connections/manage', {});
    expect(answer.status).toBe(201);
    const { url } = answer.json<Started & Record<string, unknown>>();
    registerSecret('state', stateOf(url));
    expect(new URL(url).pathname).toBe('/en/manage');
    // Deleted elsewhere while the page is open: the difference must be told whatever the callback says.
    await deleteAtPowens(app, owner('ben'), connection);
    const landed = await browser.get(await visitWebview(app, url));
    expect(landed.status).toBe(303);
    expect(await connectionsOf(browser)).toEqual([]);
    expect(await eventOf(app, owner('ben'), 'connection.deleted')).toMatchObject({
      connectionId: connection.id,
    });
  });

  it('should synchronise once, then say when to ask again [G5]', async () => {
    const { browser, connection } = await connected(app, owner('cleo'));
    await advance(app, 120);
    const first = await browser.post(`/connections/${connection.id}/sync`);
    expect(first.status).toBe(202);
    expect(first.json()).toMatchObject({ id: connection.id });
    const second = await browser.post(`/connections/${connection.id}/sync`);
    expect(second.status).toBe(409);
    expect(second.json()).toMatchObject({ code: 'sync_refused' });
    expect(Number(second.headers.get('retry-after'))).toBeGreaterThan(0);
    await eventOf(app, owner('cleo'), 'connection.synced');
  });

  it("should explain the provider's own refusal to synchronise", async () => {
    const { browser, connection } = await connected(app, owner('cora'));
    const answer = await browser.post(`/connections/${connection.id}/sync`);
    expect(answer.status).toBe(409);
    expect(answer.json()).toMatchObject({ code: 'sync_refused' });
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
  });

  it('should delete a connection at Powens, here, and tell of it once [G9]', async () => {
    const { browser, connection } = await connected(app, owner('dora'));
    expect((await browser.send('DELETE', `/connections/${connection.id}`, {})).status).toBe(204);
    expect((await browser.get(`/connections/${connection.id}`)).status).toBe(404);
    expect((await browser.send('DELETE', `/connections/${connection.id}`, {})).status).toBe(404);
    await eventOf(app, owner('dora'), 'connection.deleted');
    expect(ledgerConnection(app, connection)).toBeUndefined();
  });

  it('should go on with a deletion that Powens could not be told of', async () => {
    const { browser, connection } = await connected(app, owner('dina'));
    await admin(app, 'faults', {
      method: 'DELETE',
      path: '/users/me/connections/*',
      kind: 'status',
      status: 503,
      times: 3,
    });
    const answer = await browser.send('DELETE', `/connections/${connection.id}`, {});
    expect(answer.status).toBeGreaterThanOrEqual(502);
    expect((await browser.get(`/connections/${connection.id}`)).status).toBe(404);
    await endLeases(app);
    await eventOf(app, owner('dina'), 'connection.deleted');
    expect(ledgerConnection(app, connection)).toBeUndefined();
  });

  it('should erase an owner: token, Powens user, rows; and let the same owner begin anew [F8, TC-24]', async () => {
    const { browser, connection } = await connected(app, owner('emil'));
    const created = await eventOf(app, owner('emil'), 'connection.created');
    expect((await browser.send('DELETE', '/connections/me', {})).status).toBe(204);
    expect((await browser.send('DELETE', '/connections/me', {})).status).toBe(204);
    expect(await connectionsOf(browser)).toEqual([]);
    expect((await browser.get(`/connections/${connection.id}`)).status).toBe(404);
    expect(app.sandbox.ledger().users.find(({ id }) => String(id) === created.powensUserId)?.deleted).toBe(
      true,
    );
    await eventOf(app, owner('emil'), 'user.deleted');
    const again = await connect(app, browser);
    expect(again.landed.status).toBe(303);
    await until(async () => (await connectionsOf(browser)).length === 1);
  });

  it('should renew a token that Powens no longer takes, and go on [G7]', async () => {
    const { browser, connection } = await connected(app, owner('fay'));
    const { powensUserId } = await eventOf(app, owner('fay'), 'connection.created');
    await revokeAtPowens(app, powensUserId ?? '');
    expect((await browser.post('/connections/connect')).status).toBe(201);
    await advance(app, 120);
    expect((await browser.post(`/connections/${connection.id}/sync`)).status).toBe(202);
    expect(liveTokensOf(app, powensUserId ?? '')).toHaveLength(1);
  });

  it('should lead a plain link through the webview to a connection that can be listed and read', async () => {
    const browser = app.browser(owner('hal'));
    const link = await browser.get('/connections/connect?lang=nl');
    expect(link.status).toBe(303);
    expect(new URL(link.location).pathname).toBe('/nl/connect');
    const landed = await browser.get(await visitWebview(app, link.location));
    const { status, connectionIds } = (await browser.get(landed.location)).json<{
      status: string;
      connectionIds: string[];
    }>();
    expect(status).toBe('connected');
    expect((await connectionsOf(browser)).map(({ id }) => id)).toEqual(connectionIds);
    expect((await browser.get(`/connections/${connectionIds[0]}`)).json()).toMatchObject({
      id: connectionIds[0],
      state: null,
      requiredAction: null,
    });
  });

  it('should open the webview for the owner of a server-first token from the first click', async () => {
    const browser = app.browser(owner('gus'));
    const { url } = await start(browser);
    expect(new URL(url).searchParams.has('code')).toBe(provisioning === 'server-first');
  });
});

function ledgerConnection(app: FlowApp, connection: ConnectionBody): unknown {
  return app.sandbox
    .ledger()
    .connections.find(
      (known) =>
        String(known.id) === connection.powensConnectionId &&
        (known as { deleted?: unknown }).deleted !== true,
    );
}

function liveTokensOf(app: FlowApp, powensUserId: string): readonly string[] {
  return app.sandbox
    .ledger()
    .tokens.filter((token) => String(token.idUser) === powensUserId && !token.revoked)
    .map(({ token }) => token);
}

async function revokeAtPowens(app: FlowApp, powensUserId: string): Promise<void> {
  for (const token of liveTokensOf(app, powensUserId)) {
    await fetch(`${app.sandbox.url}/2.0/auth/token`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${token}` },
    });
  }
}

async function deleteAtPowens(app: FlowApp, ownerId: string, connection: ConnectionBody): Promise<void> {
  const { powensUserId } = await eventOf(app, ownerId, 'connection.created');
  const [token] = liveTokensOf(app, powensUserId ?? '');
  await fetch(`${app.sandbox.url}/2.0/users/me/connections/${connection.powensConnectionId}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${token}` },
  });
}
