import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { registerSecret } from '../../helpers/canary/collector.js';
import { isWithoutBrowser, startChromium } from '../../helpers/browser/chromium.js';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { outbound, sql } from '../../helpers/flow/observe.js';
import { sample } from '../../helpers/sweeps.js';

/** For a page that hangs. */
const HANGS_MS = 300_000;

const withoutBrowser = isWithoutBrowser();

describe.skipIf(withoutBrowser).each(sample(['express', 'fastify'] as const))(
  'a browser that another site sends to the start, on %s',
  (adapter) => {
    let app: FlowApp;
    let chromium: Browser;
    let context: BrowserContext;
    let page: Page;
    let otherSite: Server;
    let html = '';

    beforeAll(async () => {
      [app, chromium] = await Promise.all([startFlowApp({ adapter }), startChromium()]);
      otherSite = createServer((_request, response) => {
        response.setHeader('content-type', 'text/html');
        response.end(html);
      });
      // An address, not the name of the application: another site for the browser.
      await new Promise<void>((resolve) => otherSite.listen(0, '127.0.0.1', resolve));
    });

    afterAll(async () => {
      await chromium.close();
      otherSite.close();
      await app.close();
    });

    beforeEach(async () => {
      context = await chromium.newContext({ extraHTTPHeaders: { 'x-user': 'ann' } });
      context.setDefaultTimeout(HANGS_MS);
      page = await context.newPage();
    });

    afterEach(async () => {
      for (const { name, value } of await context.cookies()) registerSecret(name, value);
      await context.close();
    });

    async function open(content: string): Promise<void> {
      html = content;
      await page.goto(`http://127.0.0.1:${(otherSite.address() as AddressInfo).port}/`);
    }

    async function attempts(): Promise<number> {
      const [row] = await sql<{ count: number }>(app, 'SELECT count(*)::int AS count FROM powens_attempt');
      return row?.count ?? -1;
    }

    const form = (method: string): string =>
      `<form method="${method}" action="${app.url}/connections/connect"><input name="lang" value="fr"></form>
      <script>document.forms[0].submit()</script>`;

    it('should ask, and go on to the webview when the person continues [H22]', async () => {
      await open(`<a href="${app.url}/connections/connect?lang=fr">Connect your bank</a>`);
      await page.getByRole('link', { name: 'Connect your bank' }).click();
      await page.getByRole('link', { name: 'Continue' }).waitFor();
      expect(await attempts()).toBe(0);
      await page.getByRole('link', { name: 'Continue' }).click();
      await page.waitForURL(({ origin }) => origin === app.sandbox.url);
      expect(await attempts()).toBe(1);
    });

    it.each([
      ['a form that submits itself', () => form('get')],
      ['a script', () => `<script>location.href = "${app.url}/connections/connect"</script>`],
      ['a refresh', () => `<meta http-equiv="refresh" content="0;url=${app.url}/connections/connect">`],
    ] as const)('should ask, and start nothing, for %s [H22]', async (_what, content) => {
      const before = await attempts();
      await open(content());
      await page.getByRole('link', { name: 'Continue' }).waitFor();
      expect(await attempts()).toBe(before);
    });

    it('should refuse a form that posts itself [H22]', async () => {
      const before = await attempts();
      const answered = page.waitForResponse((response) => response.request().method() === 'POST');
      await open(form('post'));
      expect((await answered).status()).toBe(403);
      expect(await attempts()).toBe(before);
    });

    it.each([
      ['a frame', (url: string) => `<iframe src="${url}"></iframe>`],
      ['an image', (url: string) => `<img src="${url}">`],
      ['a prefetch', (url: string) => `<link rel="prefetch" href="${url}">`],
      [
        'a fetch with cookies',
        (url: string) => `<script>fetch("${url}", { credentials: 'include', mode: 'no-cors' })</script>`,
      ],
    ])('should start nothing for %s [H22]', async (_what, content) => {
      const before = await attempts();
      const calls = outbound(app).length;
      const url = `${app.url}/connections/connect`;
      const sent = page.waitForRequest(url);
      await open(content(url));
      await sent;
      await page.waitForLoadState('networkidle');
      expect(await attempts()).toBe(before);
      expect(outbound(app)).toHaveLength(calls);
    });
  },
);
