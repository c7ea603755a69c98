import { describe, expect, it } from 'vitest';
import { HOSTS, type FlowApp } from '../../helpers/flow/flow-app.js';
import { useFlowApp } from '../../helpers/flow/use-flow-app.js';
import { connect, start, stateOf, until, visitWebview } from '../../helpers/flow/person.js';

interface AttemptBody {
  status: string;
  connectionIds: string[];
  error: string | null;
  completedAt: string | null;
}

describe.each(HOSTS)('the connect flow on %s', (adapter) => {
  let app: FlowApp;

  useFlowApp({ adapter }, (opened) => {
    app = opened;
  });

  it('should lead from connect to a connection, an event and a usable token', async () => {
    const browser = app.browser('alice');
    const { started, landed } = await connect(app, browser);

    expect(landed.status).toBe(303);
    expect(landed.location).toBe(`/connections/attempts/${started.attemptId}`);
    const attempt = (await browser.get(landed.location)).json<AttemptBody>();
    expect(attempt).toMatchObject({
      id: started.attemptId,
      flow: 'connect',
      status: 'connected',
      error: null,
    });
    expect(attempt.connectionIds).toHaveLength(1);
    expect(Object.keys(attempt).sort()).toEqual(
      ['completedAt', 'connectionIds', 'createdAt', 'error', 'expiresAt', 'flow', 'id', 'status'].sort(),
    );
    const list = (await browser.get('/connections')).json<{ items: { id: string }[]; nextCursor: null }>();
    expect(list.items.map(({ id }) => id)).toEqual(attempt.connectionIds);
    expect(list.nextCursor).toBeNull();
    const one = (await browser.get(`/connections/${list.items[0]?.id}`)).json();
    expect(one).toMatchObject({
      state: null,
      requiredAction: null,
      connectorName: expect.any(String) as string,
    });
    await until(() => app.events.some((event) => event.attemptId === started.attemptId));
    expect(app.events.filter((event) => event.attemptId === started.attemptId)).toHaveLength(1);
  });

  it('should send every webview parameter, language segment included', async () => {
    const browser = app.browser('parameters');
    const { url } = await start(browser, {
      capabilities: ['document'],
      accountTypes: ['checking', 'card'],
      country: 'fr',
      lang: 'fr',
      maxConnections: 3,
      connectorUuids: ['338178e6-3d01-564f-9a7b-52ca442459bf'],
      connectorFields: { '338178e6-3d01-564f-9a7b-52ca442459bf': { website: 'par' } },
    });
    const webview = new URL(url);
    expect(webview.pathname).toBe('/fr/connect');
    expect(webview.searchParams.get('domain')).toBe('demo-sandbox.biapi.pro');
    expect(webview.searchParams.get('redirect_uri')).toBe(`${app.url}/connections/callback`);
    expect(webview.searchParams.get('connector_capabilities')).toBe('document');
    expect(webview.searchParams.get('account_types')).toBe('checking,card');
    expect(webview.searchParams.get('max_connections')).toBe('3');
    expect(webview.searchParams.get('338178e6-3d01-564f-9a7b-52ca442459bf.website')).toBe('par');
    expect(stateOf(url)).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(webview.searchParams.has('code')).toBe(false);
  });

  it.each([
    { connectorFields: { '338178e6-3d01-564f-9a7b-52ca442459bf': { password: '1234' } } },
    { connectorFields: { 'not-a-uuid': { website: 'par' } } },
    { connectorFields: [] },
    { lang: 'xx' },
    { capabilities: ['everything'] },
    { maxConnections: 0 },
    { country: 'FRA' },
    { connectorUuids: ['1'] },
    { unknown: true },
  ])('should refuse %j and name the property, not the value', async (body) => {
    const answer = await app.browser('refused').post('/connections/connect', body);
    expect(answer.status).toBe(400);
    expect(answer.json()).toMatchObject({
      code: 'invalid_request',
      errors: [{ property: Object.keys(body)[0] }],
    });
    expect(answer.text).not.toContain('1234');
  });

  it('should add a second connection to the same Powens user', async () => {
    const browser = app.browser('bob');
    await connect(app, browser);
    const users = app.sandbox.ledger().users.length;
    const { started, callback } = await connect(app, browser);
    expect(new URL(started.url).searchParams.get('code')).toBeTruthy();
    expect(callback).not.toContain('code=');
    expect(app.sandbox.ledger().users).toHaveLength(users);
    const list = (await browser.get('/connections')).json<{ items: unknown[] }>();
    expect(list.items).toHaveLength(2);
    await until(() => app.events.filter((event) => event.ownerId === 'bob').length === 2);
    const told = app.events.filter((event) => event.ownerId === 'bob');
    expect(new Set(told.map(({ powensUserId }) => powensUserId)).size).toBe(1);
  });

  it('should keep several connections of one visit, with one event each', async () => {
    const browser = app.browser('carol');
    const { started } = await connect(app, browser, { body: { maxConnections: 3 }, connections: 2 });
    const attempt = (await browser.get(`/connections/attempts/${started.attemptId}`)).json<AttemptBody>();
    expect(attempt.connectionIds).toHaveLength(2);
    await until(() => app.events.filter((event) => event.ownerId === 'carol').length === 2);
  });

  it.each([
    ['access_denied', 'denied', 'access_denied'],
    ['tos_declined', 'denied', 'tos_declined'],
    ['server_error', 'failed', 'server_error'],
    ['session_expired', 'failed', 'session_expired'],
    ['brand_new_word', 'failed', 'provider_error'],
  ])('should end an attempt for the webview error %s as %s [OA-22]', async (outcome, status, error) => {
    const browser = app.browser('dave');
    const { started, landed } = await connect(app, browser, { outcome });
    expect(landed.status).toBe(303);
    const attempt = (await browser.get(landed.location)).json<AttemptBody>();
    expect(attempt).toMatchObject({ status, error, connectionIds: [] });
    await until(() => app.events.some((event) => event.attemptId === started.attemptId));
    expect(app.events.find((event) => event.attemptId === started.attemptId)).toMatchObject({
      type: 'attempt.failed',
      data: { flow: 'connect', status, error },
    });
  });

  it('should lead to returnTo with the attempt added', async () => {
    const browser = app.browser('erin');
    const { started, landed } = await connect(app, browser, { body: { returnTo: '/banks?tab=2#top' } });
    expect(landed.location).toBe(`/banks?tab=2&attempt=${started.attemptId}#top`);
  });

  it('should redirect a plain link to the webview', async () => {
    const browser = app.browser('frank');
    const answer = await browser.get('/connections/connect?capabilities=bank&lang=de');
    expect(answer.status).toBe(303);
    expect(answer.location).toContain('/de/connect?');
    const landed = await browser.get(await visitWebview(app, answer.location));
    expect(landed.status).toBe(303);
  });

  it("should answer another owner's ids as absent", async () => {
    const browser = app.browser('grace');
    const { started } = await connect(app, browser);
    const { items } = (await browser.get('/connections')).json<{ items: { id: string }[] }>();
    const other = app.browser('mallory');
    for (const path of [`/connections/attempts/${started.attemptId}`, `/connections/${items[0]?.id}`]) {
      const foreign = await other.get(path);
      const absent = await other.get(path.replace(/[0-9a-f-]{36}$/, '01985c3e-7f3a-7c11-9a4e-0f6f3b1f2a77'));
      expect(foreign.status).toBe(404);
      expect(foreign.text).toBe(absent.text);
      expect(foreign.headers.get('content-type')).toContain('application/problem+json');
    }
  });
});
