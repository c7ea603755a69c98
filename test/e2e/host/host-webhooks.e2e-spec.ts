import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHostUnderTest, type HostUnderTest } from '../../helpers/browser/host-under-test.js';
import { Browser } from '../../helpers/flow/browser.js';
import { start, until } from '../../helpers/flow/person.js';
import { sample } from '../../helpers/sweeps.js';

interface Told {
  readonly type: string;
  readonly connectionId: string | null;
  readonly data: Record<string, unknown>;
}

/** The demo waits this long for a callback before it calls a connection unconfirmed, and a little more. */

describe.each(sample(['express', 'fastify'] as const))('webhooks of the demo host on %s', (adapter) => {
  let host: HostUnderTest;
  let alice: Browser;

  const eventsOf = async (): Promise<Told[]> => (await alice.get('/events')).json<{ items: Told[] }>().items;

  const told = async (type: string): Promise<Told> => {
    let found: Told | undefined;
    await until(async () => {
      found = (await eventsOf()).find((event) => event.type === type);
      return found !== undefined;
    });
    return found as Told;
  };

  const atSandbox = async (path: string, body: unknown): Promise<Record<string, unknown>> => {
    const response = await fetch(`${host.sandboxUrl}/sandbox/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return (await response.json()) as Record<string, unknown>;
  };

  /** Through the webview; gives the address that the browser would be sent back to. */
  const throughWebview = async (): Promise<string> => {
    const { url } = await start(alice);
    const { location } = await atSandbox('webview', { url });
    const { pathname, search } = new URL(location as string);
    return `${pathname}${search}`;
  };

  beforeAll(async () => {
    host = await startHostUnderTest(adapter);
    alice = new Browser(host.url, null);
    await alice.post('/session', { user: 'alice' });
    expect((await alice.get(await throughWebview())).status).toBe(303);
  });

  afterAll(async () => {
    await host.close();
  });

  it('should show in /events what the sandbox pushed after the first connection', async () => {
    const created = await told('connection.created');
    for (const type of [
      'user.created',
      'account.found',
      'account.enabled',
      'accounts.fetched',
      'account.synced',
    ]) {
      const event = await told(type);
      expect([null, created.connectionId]).toContain(event.connectionId);
    }
    expect((await eventsOf()).filter(({ type }) => type === 'connection.created')).toHaveLength(1);
  });

  it('should let a person fire a webhook from Swagger UI, about connections of their own only', async () => {
    const fired = await alice.post('/sandbox-webhooks', { event: 'CONNECTION_SYNCED' });
    expect([fired.status, fired.json()]).toMatchObject([200, { statuses: [204] }]);

    const bob = new Browser(host.url, null);
    expect((await bob.post('/sandbox-webhooks', { event: 'CONNECTION_SYNCED' })).status).toBe(401);
    await bob.post('/session', { user: 'bob' });
    const { connectionId } = await told('connection.created');
    const stolen = await bob.post('/sandbox-webhooks', { event: 'CONNECTION_DELETED', connectionId });
    expect(stolen.status).toBe(404);
    expect((await alice.post('/sandbox-webhooks', { event: 'USER_DELETED' })).status).toBe(400);
  });

  it('should let a person put a connection of their own into a state, and no other', async () => {
    const { connectionId } = await told('connection.created');
    const state = 'SCARequired';
    const anonymous = new Browser(host.url, null);
    expect((await anonymous.post('/sandbox-states', { state })).status).toBe(401);
    await anonymous.post('/session', { user: 'eve' });
    expect((await anonymous.post('/sandbox-states', { state, connectionId })).status).toBe(404);
    expect((await alice.post('/sandbox-states', { state: 'no such state' })).status).toBe(400);
    expect((await eventsOf()).map(({ type }) => type)).not.toContain('connection.action_required');
  });

  it('should describe the webhooks and how to fire one in its API document', async () => {
    const { paths } = (await alice.get('/docs-json')).json<{ paths: Record<string, unknown> }>();
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining([
        '/connections/webhooks/{event}',
        '/connections/webhooks/token',
        '/sandbox-webhooks',
      ]),
    );
  });

  it('should tell of a broken consent and of its repair without anybody asking', async () => {
    const { items } = (await alice.get('/connections')).json<{ items: { powensConnectionId: string }[] }>();
    const path = `connections/${items[0]?.powensConnectionId ?? ''}`;
    await atSandbox(path, { state: 'SCARequired' });
    expect((await told('connection.action_required')).data).toMatchObject({ requiredAction: 'reconnect' });
    await atSandbox(path, { state: null });
    expect((await told('connection.recovered')).data).toMatchObject({ previousState: 'SCARequired' });
  });

  it('should tell of a bank whose tab was closed before the way back, and not list it [OA-31, C10]', async () => {
    const before = (await alice.get('/connections')).json<{ items: unknown[] }>().items.length;
    await throughWebview();
    const event = await told('connection.unconfirmed');
    expect(event.data).toMatchObject({ removeAt: expect.any(String) as string });
    expect((await alice.get('/connections')).json<{ items: unknown[] }>().items).toHaveLength(before);
  });
});
