import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PlainBrowser } from '../__helpers__/plain-browser.js';
import { REDIRECT_URI, SandboxHarness } from '../__helpers__/sandbox.harness.js';
import { WebviewSessionController } from './webview-session.controller.js';

const LOGIN = { login: 'test_login', password: '1234' };

describe(WebviewSessionController.name, () => {
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

  it('should come back with a connection and a code', async () => {
    await browser.open(sandbox.webviewUrl({ state: 'abc' }));
    expect(browser.heading).toBe('Before you start');
    await browser.press('I accept');
    await browser.press('Search', { q: 'connecteur' });
    expect(browser.text).not.toContain('Banque Horizon');
    await browser.press('Connecteur de test');
    await browser.press('Continue', { login: 'test_login', password: 'wrong' });
    expect(browser.text).toContain('Login or password is wrong');
    await browser.press('Continue', LOGIN);
    expect(browser.heading).toBe('Choose what you share');
    await browser.press('Confirm and share');
    expect(browser.location.startsWith(`${REDIRECT_URI}?connection_id=`)).toBe(true);
    const query = new URL(browser.location).searchParams;
    expect([...query.keys()]).toEqual(['connection_id', 'code', 'state']);
    expect((await sandbox.exchange(query.get('code') ?? '')).status).toBe(200);
  });

  it('should share only the accounts that were ticked', async () => {
    await browser.open(sandbox.webviewUrl({ connector_ids: '40' }));
    await browser.press('I accept');
    await browser.press('Continue', LOGIN);
    const accounts = browser.forms[0]?.fields.filter(([name]) => name === 'account') ?? [];
    expect(accounts).toHaveLength(3);
    await browser.press('Confirm and share', { account: [], subscription: [] });
    expect(browser.text).toContain('choose at least one');
    await browser.press('Confirm and share', { account: accounts[1]?.[1] ?? '', subscription: [] });
    const { json } = await sandbox.exchange(new URL(browser.location).searchParams.get('code') ?? '');
    const shared = await sandbox.get('/2.0/users/me/accounts', String(json['access_token']));
    expect(shared.json).toMatchObject({
      total: 1,
      accounts: [{ id: Number(accounts[1]?.[1]), disabled: null }],
    });
  });

  it('should add another connection when the application allows several', async () => {
    await browser.open(sandbox.webviewUrl({ max_connections: '2' }));
    await browser.press('I accept');
    for (const bank of ['Connecteur de test', 'Néobanque']) {
      await browser.press(bank);
      await browser.press('Continue', LOGIN);
      await browser.press('Confirm and share');
      expect(browser.heading).toBe('Connection added');
      if (bank === 'Connecteur de test') {
        await browser.press('Add another connection');
      }
    }
    expect(browser.text).not.toContain('Add another connection');
    await browser.press('Finish');
    const query = new URL(browser.location).searchParams;
    expect(query.get('connection_ids')?.split(',')).toHaveLength(2);
    expect(query.get('connection_ids')?.split(',')[0]).toBe(query.get('connection_id'));
  });

  it('should send a one-time code where the bank asks for one', async () => {
    await browser.open(sandbox.webviewUrl({ connector_ids: '61' }));
    await browser.press('I accept');
    await browser.press('Continue', LOGIN);
    await browser.press('Continue', { otp: '000000' });
    expect(browser.text).toContain('not the right one');
    await browser.press('Continue', { otp: '123456' });
    await browser.press('Confirm and share');
    expect(new URL(browser.location).searchParams.has('connection_id')).toBe(true);
  });

  it('should confirm in an app where the bank wants that', async () => {
    await browser.open(sandbox.webviewUrl({ connector_ids: '62' }));
    await browser.press('I accept');
    await browser.press('Continue', LOGIN);
    await browser.press('I have confirmed');
    expect(browser.heading).toBe('Choose what you share');
  });

  it('should pass by the site of a bank that has one, and may refuse there', async () => {
    await browser.open(sandbox.webviewUrl({ connector_uuids: 'b1f3c0a2-6d4e-5b7a-8c91-0e2d4f6a8b10' }));
    await browser.press('I accept');
    await browser.follow('Go to Banque Horizon');
    await browser.press('Refuse');
    expect(browser.text).toContain('you refused');
    await browser.follow('Go to Banque Horizon');
    await browser.press('Log in and agree');
    expect(browser.heading).toBe('Choose what you share');
  });

  it('should find billing providers when documents are asked for', async () => {
    await browser.open(sandbox.webviewUrl({ connector_capabilities: 'document' }));
    await browser.press('I accept');
    expect(browser.heading).toBe('Choose your provider');
    expect(browser.text).not.toContain('Banque Horizon');
    await browser.press('Ondine Télécom');
    await browser.press('Continue', LOGIN);
    expect(browser.text).toContain('Fibre maison');
    await browser.press('Confirm and share');
    expect(new URL(browser.location).searchParams.has('connection_id')).toBe(true);
  });

  it.each(['terms', 'picker', 'login', 'accounts'])(
    'should be able to cancel on the %s page',
    async (where) => {
      await browser.open(sandbox.webviewUrl({ state: 's' }));
      if (where !== 'terms') {
        await browser.press('I accept');
      }
      if (where === 'login' || where === 'accounts') {
        await browser.press('Connecteur de test');
      }
      if (where === 'accounts') {
        await browser.press('Continue', LOGIN);
      }
      await browser.press('Cancel');
      expect(browser.location).toBe(
        `${REDIRECT_URI}?error=access_denied&error_description=User%20cancelled%20the%20operation&state=s`,
      );
      expect(sandbox.ledger.connections.filter(({ deleted }) => !deleted)).toEqual([]);
    },
  );

  it('should be sent back with tos_declined when declining the terms', async () => {
    await browser.open(sandbox.webviewUrl());
    await browser.press('I decline');
    expect(new URL(browser.location).searchParams.get('error')).toBe('tos_declined');
  });

  it('should be sent back with session_expired after half an hour', async () => {
    await browser.open(sandbox.webviewUrl());
    await sandbox.advanceClock(1801);
    await browser.press('I accept');
    expect(new URL(browser.location).searchParams.get('error')).toBe('session_expired');
  });

  it('should end where it ended when the last form is sent twice', async () => {
    await browser.open(sandbox.webviewUrl({ connector_ids: '40' }));
    await browser.press('I accept');
    await browser.press('Continue', LOGIN);
    await browser.press('Confirm and share');
    const first = browser.location;
    await browser.press('Confirm and share');
    expect(browser.location).toBe(first);
    expect(sandbox.ledger.codes).toHaveLength(1);
  });

  it('should read French under /fr, and every input has a label', async () => {
    await browser.open(sandbox.webviewUrl({ connector_ids: '40' }, '/fr/connect'));
    expect(browser.html).toContain('<html lang="fr">');
    await browser.press('J’accepte');
    expect(browser.heading).toBe('Identifiez-vous');
    for (const id of ['website', 'login', 'password']) {
      expect(browser.html).toContain(`<label for="${id}">`);
    }
  });

  it('should get pages that load nothing and escape what they show', async () => {
    const { headers } = await sandbox.call(
      'GET',
      new URL((await browser.open(sandbox.webviewUrl())).location, sandbox.url).pathname,
    );
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    await browser.press('I accept');
    await browser.press('Search', { q: '"><script>alert(1)</script>' });
    expect(browser.html).not.toContain('<script');
    expect(browser.text).toContain('Nothing matches this search');
  });
});
