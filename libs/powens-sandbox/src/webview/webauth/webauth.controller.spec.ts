import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PlainBrowser } from '../../__helpers__/plain-browser.js';
import { REDIRECT_URI, SandboxHarness } from '../../__helpers__/sandbox.harness.js';
import { WebauthController } from './webauth.controller.js';

describe(WebauthController.name, () => {
  let sandbox: SandboxHarness;
  let browser: PlainBrowser;
  beforeAll(async () => {
    sandbox = await SandboxHarness.start();
  });
  afterAll(() => sandbox.close());
  beforeEach(async () => {
    await sandbox.post('/sandbox/reset');
    browser = new PlainBrowser(sandbox.url);
  });

  const query = (extra: Record<string, string>): string =>
    new URLSearchParams({
      client_id: '20000001',
      redirect_uri: REDIRECT_URI,
      state: 's_9',
      ...extra,
    }).toString();

  it('should lead a browser to the bank and back with id_connection', async () => {
    const { token } = await sandbox.permanentUser();
    const { json } = await sandbox.get(`/2.0/webauth-url?${query({ id_connector: '59' })}`, token);
    expect(Object.keys(json)).toEqual(['url']);
    await browser.open(String(json['url']));
    expect(browser.heading).toBe('Share your account data');
    await browser.press('Log in and agree');
    const [made] = sandbox.ledger.connections;
    expect(browser.location).toBe(`${REDIRECT_URI}?id_connection=${made?.id}&state=s_9`);
    expect((await sandbox.get('/2.0/users/me/accounts', token)).json['total']).toBe(0);
    expect((await sandbox.get('/2.0/users/me/accounts?all', token)).json['total']).toBe(3);
  });

  it('should repair a connection, and answer 409 for one that is fine', async () => {
    const { token, connectionId } = await sandbox.connectedUser({ connector_ids: '59' });
    const url = `/2.0/webauth-url?${query({ id_connection: connectionId })}`;
    const fine = await sandbox.get(url, token);
    expect([fine.status, fine.json['code']]).toEqual([409, 'invalidValue']);
    await sandbox.advanceClock(181 * 86_400);
    const path = `/2.0/users/me/connections/${connectionId}`;
    expect((await sandbox.get(path, token)).json['state']).toBe('webauthRequired');
    await browser.open(String((await sandbox.get(url, token)).json['url']));
    await browser.press('Log in and agree');
    expect((await sandbox.get(path, token)).json['state']).toBeNull();
  });

  it('should redirect a browser with 307 for a temporary code', async () => {
    const { token } = await sandbox.permanentUser();
    const { json } = await sandbox.get('/2.0/auth/token/code', token);
    const url = `/2.0/webauth?${query({ id_connector: '59', token: String(json['code']) })}`;
    const { status, headers } = await sandbox.get(url);
    expect([status, headers.get('location')]).toEqual([307, expect.stringContaining('/bank')]);
    expect((await sandbox.get(`/2.0/webauth?${query({ id_connector: '59', token: 'no' })}`)).status).toBe(
      401,
    );
  });

  it('should come back with an error when the person refuses', async () => {
    const { token } = await sandbox.permanentUser();
    const { json } = await sandbox.get(`/2.0/webauth-url?${query({ id_connector: '59' })}`, token);
    await browser.open(String(json['url']));
    await browser.press('Refuse');
    expect(new URL(browser.location).searchParams.get('error')).toBe('access_denied');
  });

  it('should refuse a callback that is not on the list, and a connector without a site', async () => {
    const { token } = await sandbox.permanentUser();
    const get = (extra: Record<string, string>): Promise<{ status: number }> =>
      sandbox.get(`/2.0/webauth-url?${query(extra)}`, token);
    expect((await get({ id_connector: '59', redirect_uri: 'https://evil.example' })).status).toBe(400);
    expect((await get({ id_connector: '61' })).status).toBe(400);
    expect((await get({})).status).toBe(400);
  });
});
