import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { REDIRECT_URI, SandboxHarness } from '../__helpers__/sandbox.harness.js';
import { WebviewDriverController } from './webview-driver.controller.js';

describe(WebviewDriverController.name, () => {
  let sandbox: SandboxHarness;
  beforeAll(async () => {
    sandbox = await SandboxHarness.start();
  });
  afterAll(() => sandbox.close());
  beforeEach(() => sandbox.post('/sandbox/reset'));

  it('should return a connection and a code when the webview was opened without one', async () => {
    const { searchParams } = await sandbox.visit({ state: 'abc' });
    expect([...searchParams.keys()]).toEqual(['connection_id', 'code', 'state']);
    expect(sandbox.ledger.codes).toMatchObject([
      { code: searchParams.get('code'), kind: 'webview', exchanges: 0 },
    ]);
  });

  it('should return no code when one was passed in, and connect that very user', async () => {
    const { token, id } = await sandbox.permanentUser();
    const { json } = await sandbox.get('/2.0/auth/token/code?type=singleAccess', token);
    const { searchParams } = await sandbox.visit({ code: String(json['code']) });
    expect([...searchParams.keys()]).toEqual(['connection_id']);
    expect(sandbox.ledger.connections).toMatchObject([{ idUser: id }]);
  });

  it.each(['s_8fK2q', 'a%20b', 'a+b', 'a%2Bb', '%7e', '%', 'é', 'x=y'])(
    'should give the state %s back untouched',
    async (raw) => {
      const url = `${sandbox.webviewUrl()}&state=${encodeURI(decodeURI(raw === '%' ? '%25' : raw))}`;
      const sent = /&state=(.*)$/.exec(url)?.[1];
      const { json } = await sandbox.post('/sandbox/webview', { url });
      expect(/&state=(.*)$/.exec(String(json['location']))?.[1]).toBe(sent);
    },
  );

  it('should percent-encode what is awkward in a code', async () => {
    const { json } = await sandbox.post('/sandbox/webview', { url: sandbox.webviewUrl() });
    expect(json['location']).toMatch(/^[^?]+\?connection_id=\d+&code=[\w%]+$/);
    expect(json['location']).toMatch(/%2B.*%2F.*%3D%3D$/);
  });

  it('should make several connections, as many as the webview allows', async () => {
    const { searchParams } = await sandbox.visit({ max_connections: '3' }, { connections: 5 });
    expect(searchParams.get('connection_ids')?.split(',')).toHaveLength(3);
    const single = await sandbox.visit({}, { connections: 2 });
    expect(single.searchParams.has('connection_ids')).toBe(false);
  });

  it('should tell connection_ids also for one connection, when several were allowed', async () => {
    const { searchParams } = await sandbox.visit({ max_connections: '2' });
    expect(searchParams.get('connection_ids')).toBe(searchParams.get('connection_id'));
  });

  it('should connect the bank that is asked for, whatever it wants of a person', async () => {
    const { json } = await sandbox.get('/2.0/connectors');
    const connectors = json['connectors'] as { uuid: string; restricted: boolean }[];
    for (const { uuid } of connectors.filter(({ restricted }) => !restricted)) {
      await sandbox.visit({ connector_uuids: uuid }, { connectorUuid: uuid });
    }
    expect(sandbox.ledger.connections.map(({ connectorUuid }) => connectorUuid)).toEqual(
      connectors.filter(({ restricted }) => !restricted).map(({ uuid }) => uuid),
    );
  });

  it.each(['access_denied', 'server_error', 'tos_declined', 'session_expired', 'something_new'])(
    'should return the error %s',
    async (outcome) => {
      const callback = await sandbox.visit({ state: 's' }, { outcome });
      expect([...callback.searchParams.keys()]).toEqual(['error', 'error_description', 'state']);
      expect(callback.searchParams.get('error')).toBe(outcome);
      expect(callback.href.startsWith(REDIRECT_URI)).toBe(true);
    },
  );

  it('should return nothing when the person closes the tab', async () => {
    const { json } = await sandbox.post('/sandbox/webview', {
      url: sandbox.webviewUrl(),
      outcome: 'abandon',
    });
    expect(json).toEqual({ location: null });
  });

  it('should read a URL that was made for the real host', async () => {
    const url = sandbox.webviewUrl().replace(sandbox.url, 'https://webview.powens.com');
    expect((await sandbox.post('/sandbox/webview', { url })).status).toBe(200);
  });

  it('should answer a refused URL with an error object', async () => {
    const url = sandbox.webviewUrl({ redirect_uri: 'https://evil.example/' });
    const { status, json } = await sandbox.post('/sandbox/webview', { url });
    expect([status, json['code']]).toEqual([400, 'invalidValue']);
    expect(json['description']).toContain('administration console');
  });
});
