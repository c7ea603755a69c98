import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PlainBrowser } from '../__helpers__/plain-browser.js';
import { REDIRECT_URI, SandboxHarness } from '../__helpers__/sandbox.harness.js';
import { WebviewController } from './webview.controller.js';

describe(WebviewController.name, () => {
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

  it('should choose a language where there is none and keep the query byte for byte', async () => {
    const query = '?domain=demo-sandbox&redirect_uri=a%2Fb+c&state=x%7e%7E+y&code=q%2BW%2F9%3D%3D';
    const { status, headers } = await sandbox.call('GET', `/connect${query}`, {
      headers: { 'accept-language': 'ja, fr;q=0.8' },
    });
    expect([status, headers.get('location')]).toEqual([302, `/fr/connect${query}`]);
    expect((await sandbox.get(`/2.0/auth/webview/connect${query}`)).headers.get('location')).toBe(
      `/2.0/auth/webview/en/connect${query}`,
    );
  });

  it('should serve the legacy address', async () => {
    await browser.open(sandbox.webviewUrl({}, '/2.0/auth/webview/en/connect'));
    expect(browser.heading).toBe('Before you start');
  });

  it.each(['/2.0/auth/webview/en/connect', '/2.0/auth/webview/connect'])(
    'should take the domain of %s from its host [P11]',
    async (path) => {
      const url = new URL(sandbox.webviewUrl({}, path));
      url.searchParams.delete('domain');
      await browser.open(url.href);
      expect(browser.heading).toBe('Before you start');
    },
  );

  it.each(['demo-sandbox', 'demo-sandbox.biapi.pro', 'https://demo-sandbox.biapi.pro/2.0/'])(
    'should accept the domain written %s',
    async (domain) => {
      await browser.open(sandbox.webviewUrl({ domain }));
      expect(browser.heading).toBe('Before you start');
    },
  );

  it.each([
    'https://evil.example/cb',
    'http://localhost.evil.example/cb',
    'http://localhost:3000@evil.example/cb',
    'http://localhost:3000/cb?x=1',
    'http://localhost:3000/cb#x',
    'http://localhost\\@evil.example/cb',
    'evil:http://localhost/cb',
    'javascript:alert(1)',
    '//localhost/cb',
  ])('should refuse the callback %s on a page, with the documented sentence', async (redirectUri) => {
    const { status, headers, text } = await sandbox.get(sandbox.webviewUrl({ redirect_uri: redirectUri }));
    expect([status, headers.get('location')]).toEqual([400, null]);
    expect(text).toContain(
      'Invalid &#39;redirect_uri&#39;, the parameter must match the constraints defined in the administration console.',
    );
  });

  it('should match the callbacks of another client application exactly', async () => {
    const callback = 'https://app.example.test/cb';
    await sandbox.post('/sandbox/clients', { clientId: '77', clientSecret: 's', redirectUris: [callback] });
    const open = (redirectUri: string): Promise<{ status: number }> =>
      sandbox.get(sandbox.webviewUrl({ client_id: '77', redirect_uri: redirectUri }));
    const answers = await Promise.all([callback, `${callback}/`, REDIRECT_URI].map(open));
    expect(answers.map(({ status }) => status)).toEqual([303, 400, 400]);
  });

  it.each([
    { client_id: '999' },
    { domain: 'another-sandbox' },
    { code: 'unknown' },
    { connector_ids: '9999' },
  ] as Record<string, string>[])('should refuse %o without redirecting', async (extra) => {
    const { status, headers } = await sandbox.get(sandbox.webviewUrl(extra));
    expect([status, headers.get('location')]).toEqual([400, null]);
  });

  it('should bind a single access code to the first session that shows it', async () => {
    const { token } = await sandbox.permanentUser();
    const { json } = await sandbox.get('/2.0/auth/token/code?type=singleAccess', token);
    const code = String(json['code']);
    expect((await sandbox.get(sandbox.webviewUrl({ code }))).status).toBe(303);
    expect((await sandbox.get(sandbox.webviewUrl({ code }))).status).toBe(400);
    expect((await sandbox.exchange(code)).status).toBe(400);
  });

  it('should refuse an expired code', async () => {
    const { token } = await sandbox.permanentUser();
    const { json } = await sandbox.get('/2.0/auth/token/code', token);
    await sandbox.advanceClock(1800);
    expect((await sandbox.get(sandbox.webviewUrl({ code: String(json['code']) }))).status).toBe(400);
  });
});
