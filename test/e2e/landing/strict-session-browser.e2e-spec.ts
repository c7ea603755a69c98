import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import { parse } from 'cookie';
import type { CallbackAnswer } from 'nestjs-powens-connections';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registerSecret } from '../../helpers/canary/collector.js';
import { isWithoutBrowser, startChromium } from '../../helpers/browser/chromium.js';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { stateOf, visitWebview } from '../../helpers/flow/person.js';
import { sample } from '../../helpers/sweeps.js';

/** For a page that hangs. */
const HANGS_MS = 120_000;

const withoutBrowser = isWithoutBrowser();

const userOf = ({ headers }: Pick<IncomingMessage, 'headers'>): string | null =>
  parse(headers.cookie ?? '')['session'] ?? null;

/** A page of the host that says who is signed in. */
const withWhoAmI = (app: INestApplication): unknown =>
  app.getHttpAdapter().get('/whoami', (request: IncomingMessage, response: { send(text: string): void }) => {
    response.send(`user: ${userOf(request) ?? 'none'}`);
  });

describe.skipIf(withoutBrowser).each(sample(['express', 'fastify'] as const))(
  'a session cookie that is SameSite=Strict, in a browser, on %s',
  (adapter) => {
    let chromium: Browser;
    let base: FlowApp;
    let webview: Server;
    let callback = '';

    beforeAll(async () => {
      [base, chromium] = await Promise.all([startFlowApp({ adapter }), startChromium()]);
      // Another site than the application, as that of Powens: it sends the browser to the callback.
      webview = createServer((_request, response) => response.writeHead(302, { location: callback }).end());
      await new Promise<void>((resolve) => webview.listen(0, '127.0.0.1', resolve));
    });

    afterAll(async () => {
      await chromium.close();
      webview.close();
      await base.close();
    });

    async function landedWith(answer: CallbackAnswer): Promise<string> {
      const app = await startFlowApp({
        adapter,
        like: base,
        prepare: withWhoAmI,
        options: { callback: { answer }, owner: userOf },
      });
      const context = await chromium.newContext();
      context.setDefaultTimeout(HANGS_MS);
      try {
        await context.addCookies([
          { name: 'session', value: 'ann', url: app.url, sameSite: 'Strict', httpOnly: true },
        ]);
        const data = { returnTo: '/whoami' };
        const started = await context.request.post(`${app.url}/connections/connect`, { data });
        const { url } = (await started.json()) as { url: string };
        registerSecret('state', stateOf(url));
        callback = `${app.url}${await visitWebview(app, url)}`;
        const page = await context.newPage();
        // A link of a page there, as the webview has one: what a person types belongs to no site.
        await page.goto('about:blank');
        await page.setContent(
          `<a href="http://127.0.0.1:${(webview.address() as AddressInfo).port}/">Back</a>`,
        );
        await page.getByRole('link', { name: 'Back' }).click();
        await page.waitForURL(/\/whoami\?attempt=/);
        return await page.locator('body').innerText();
      } finally {
        for (const { name, value } of await context.cookies()) {
          if (name.endsWith('binding')) registerSecret('binding', value);
        }
        await context.close();
        await app.stop();
      }
    }

    it('should be absent where a redirect leads, and there where the page leads [H15]', async () => {
      expect(await landedWith('redirect')).toBe('user: none');
      expect(await landedWith('page')).toBe('user: ann');
    });
  },
);
