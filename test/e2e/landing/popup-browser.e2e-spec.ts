import type { INestApplication } from '@nestjs/common';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isWithoutBrowser, startChromium } from '../../helpers/browser/chromium.js';
import {
  begin,
  connectBank,
  expectConnected,
  FrontEnd,
  HEAR,
  heardBy,
  settled,
} from '../../helpers/browser/front-end.js';
import { registerSecret } from '../../helpers/canary/collector.js';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { stateOf } from '../../helpers/flow/person.js';
import { sample } from '../../helpers/sweeps.js';

/** For a page that hangs. */
const HANGS_MS = 300_000;

const withoutBrowser = isWithoutBrowser();

const POPUP = `connectInPopup(client, () => client.connect({ returnTo: 'popup' }))`;
const BEARER = `connectInPopup(client, () => client.connect({ returnTo: 'bearer' }))`;

describe.skipIf(withoutBrowser).each(sample(['express', 'fastify'] as const))(
  'a webview in a popup, on %s',
  (adapter) => {
    let chromium: Browser;
    let app: FlowApp;
    let own: FrontEnd;
    let foreign: FrontEnd;
    let stranger: FrontEnd;
    let context: BrowserContext;
    let page: Page;

    beforeAll(async () => {
      [own, foreign, stranger] = await Promise.all([
        FrontEnd.open('localhost'),
        FrontEnd.open('127.0.0.1'),
        FrontEnd.open('127.0.0.1'),
      ]);
      const origins = [own.url, foreign.url];
      app = await startFlowApp({
        adapter,
        prepare: (host: INestApplication) => host.enableCors({ origin: origins, credentials: true }),
        options: {
          crossSite: { trustedOrigins: origins },
          returnTo: {
            targets: {
              popup: { url: `${own.url}/banks`, display: 'popup' },
              bearer: { url: `${foreign.url}/banks`, display: 'popup', complete: 'confirm' },
            },
          },
        },
      });
      chromium = await startChromium();
    });

    afterAll(async () => {
      await chromium.close();
      await app.close();
      for (const one of [own, foreign, stranger]) one.close();
    });

    beforeEach(async () => {
      own.headers = {};
      foreign.headers = {};
      context = await chromium.newContext();
      context.setDefaultTimeout(HANGS_MS);
      context.on('request', (request) => {
        const state = stateOf(request.url());
        if (state !== '') registerSecret('state', state);
      });
      page = await context.newPage();
    });

    afterEach(async () => {
      for (const { name, value } of await context.cookies()) registerSecret(name, value);
      await context.close();
    });

    /** Starts in the page of a front end, and gives the popup when it shows the webview. */
    async function opened(from: FrontEnd, call: string, options: object = {}): Promise<Page> {
      await page.goto(from.url);
      await page.evaluate(HEAR);
      const [popup] = await Promise.all([
        page.waitForEvent('popup'),
        begin(page, { app: app.url, user: 'ann', ...options }, call),
      ]);
      await popup.waitForURL(({ origin }) => origin === app.sandbox.url);
      return popup;
    }

    it('should report the end to the page that opened it, and close [B14]', async () => {
      const popup = await opened(own, POPUP);
      const closed = popup.waitForEvent('close');
      await connectBank(popup);
      await closed;
      const attempt = await settled(page);
      expectConnected(attempt);
      expect(await heardBy(page)).toEqual([
        {
          origin: app.url,
          data: {
            type: 'powens-connections:result',
            attemptId: attempt['id'],
            status: 'connected',
            connectionIds: attempt['connectionIds'],
          },
        },
      ]);
      expect(page.url()).toBe(`${own.url}/`);
    });

    it('should be completed by the page of another site, which sends no cookie [B14, OA-04]', async () => {
      const popup = await opened(foreign, BEARER, { credentials: 'omit' });
      await connectBank(popup);
      expectConnected(await settled(page));
      expect(await context.cookies()).toEqual([]);
    });

    it('should be ended by a person who declines', async () => {
      const popup = await opened(own, POPUP);
      await popup.getByRole('button', { name: 'I accept' }).click();
      await popup.getByRole('button', { name: 'Cancel' }).first().click();
      expect(await settled(page)).toMatchObject({ status: 'denied', connectionIds: [] });
    });

    it('should be known to a page that a policy separates from it, by its calls', async () => {
      own.headers = { 'cross-origin-opener-policy': 'same-origin' };
      await page.goto(own.url);
      await page.evaluate(HEAR);
      const before = context.pages().length;
      const [popup] = await Promise.all([
        context.waitForEvent('page'),
        begin(page, { app: app.url, user: 'ann' }, POPUP),
      ]);
      await popup.waitForURL(({ origin }) => origin === app.sandbox.url);
      expect(await popup.evaluate('window.opener')).toBeNull();
      await connectBank(popup);
      expectConnected(await settled(page));
      expect(await heardBy(page)).toEqual([]);
      expect(context.pages().length).toBe(before + 1);
      // It says what to do, or it is at the application already: whether it is a popup is no longer known everywhere.
      await popup.waitForFunction(
        `location.origin === '${own.url}' || document.body.innerText.includes('Close this window')`,
      );
    });

    it('should be over for a page of another site that a policy separates from it: no ticket can arrive', async () => {
      foreign.headers = { 'cross-origin-opener-policy': 'same-origin' };
      await page.goto(foreign.url);
      const [popup] = await Promise.all([
        context.waitForEvent('page'),
        begin(page, { app: app.url, user: 'ann', credentials: 'omit' }, BEARER),
      ]);
      await popup.waitForURL(({ origin }) => origin === app.sandbox.url);
      expect(await settled(page)).toMatchObject({ status: 'pending' });
      // The person finishes there all the same, and is told what to do, or is at the application already.
      await connectBank(popup);
      await popup.waitForFunction(
        `location.origin === '${foreign.url}' || document.body.innerText.includes('shows no result')`,
      );
    });

    it('should be over for the page of another site when the person closes it', async () => {
      const popup = await opened(foreign, BEARER, { credentials: 'omit' });
      await popup.close();
      expect(await settled(page)).toMatchObject({ status: 'pending' });
    });

    it('should be this page where the browser refuses a popup', async () => {
      await page.goto(own.url);
      await page.evaluate('window.open = () => null');
      await begin(page, { app: app.url, user: 'ann' }, POPUP);
      await page.waitForURL(({ origin }) => origin === app.sandbox.url);
      await connectBank(page);
      await page.waitForURL(new RegExp(`^${own.url}/banks\\?attempt=[0-9a-f-]{36}$`));
    });

    it('should report nothing to a page of a stranger that opened it', async () => {
      // A headless browser has no menu bar to hide, and says that it is visible in a popup, too.
      await context.addInitScript(
        `Object.defineProperty(BarProp.prototype, 'visible', { get: () => false })`,
      );
      await page.goto(stranger.url);
      await page.evaluate(HEAR);
      const start = await context.request.post(`${app.url}/connections/connect`, {
        data: { returnTo: 'popup' },
        headers: { 'x-user': 'ann' },
      });
      const { url } = (await start.json()) as { url: string };
      // However the stranger brought it there: the webview has the stranger as its opener.
      const [popup] = await Promise.all([
        page.waitForEvent('popup'),
        page.evaluate(`void (window.opened = open(${JSON.stringify(url)}, '_blank', 'popup'))`),
      ]);
      // It closes after it has posted.
      const closed = popup.waitForEvent('close');
      await connectBank(popup);
      await closed;
      expect(await heardBy(page)).toEqual([]);
    });

    it('should ask a person whom a stranger sent to the start, who is then not the opener any more', async () => {
      await context.setExtraHTTPHeaders({ 'x-user': 'ann' });
      await page.goto(stranger.url);
      await page.evaluate(HEAR);
      const [popup] = await Promise.all([
        page.waitForEvent('popup'),
        page.evaluate(`void open('${app.url}/connections/connect?returnTo=popup', '_blank', 'popup')`),
      ]);
      await popup.getByRole('link', { name: 'Continue' }).click();
      await popup.waitForURL(({ origin }) => origin === app.sandbox.url);
      expect(await popup.evaluate('window.opener')).toBeNull();
      await connectBank(popup);
      await popup.waitForFunction(
        `location.origin === '${own.url}' || document.body.innerText.includes('Close this window')`,
      );
      expect(await heardBy(page)).toEqual([]);
    });

    it('should not be ended by the message of another window or origin', async () => {
      const call = `connectInPopup(client, async () => (window.started = await client.connect({ returnTo: 'bearer' })))`;
      const popup = await opened(foreign, call, { credentials: 'omit' });
      const answered: number[] = [];
      page.on('response', (response) => answered.push(response.status()));
      stranger.html = `<!doctype html><script>onmessage = ({ data }) => parent.postMessage(data, '*');</script>`;
      await page.evaluate(`(async () => {
        const forged = { type: 'powens-connections:result', attemptId: window.started.attemptId, ticket: 'forged' };
        const frame = document.createElement('iframe');
        frame.src = '${stranger.url}';
        const loaded = new Promise((resolve) => { frame.onload = resolve; });
        document.body.append(frame);
        await loaded;
        frame.contentWindow.postMessage(forged, '*');
        postMessage(forged, location.origin);
      })()`);
      // Both forged messages have arrived.
      await page.waitForFunction('window.heard.length === 2');
      await connectBank(popup);
      expectConnected(await settled(page));
      expect(answered.filter((status) => status >= 400)).toEqual([]);
    });
  },
);
