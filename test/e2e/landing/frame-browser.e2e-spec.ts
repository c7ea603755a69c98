import type { INestApplication } from '@nestjs/common';
import type { Browser, BrowserContext, Frame, Page } from 'playwright-core';
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
import type { StartedByApplication } from '../../helpers/host/application.js';
import { start, stateOf, until, visitWebview } from '../../helpers/flow/person.js';
import { sample } from '../../helpers/sweeps.js';

/** For a page that hangs. */
const HANGS_MS = 300_000;

const withoutBrowser = isWithoutBrowser();

describe.skipIf(withoutBrowser).each(sample(['express', 'fastify'] as const))(
  'a webview in a frame, on %s',
  (adapter) => {
    let chromium: Browser;
    let app: FlowApp;
    let own: FrontEnd;
    let stranger: FrontEnd;
    let context: BrowserContext;
    let page: Page;

    beforeAll(async () => {
      // Another site than the application: in its pages the application gets no cookie.
      [own, stranger] = await Promise.all([FrontEnd.open('127.0.0.1'), FrontEnd.open('127.0.0.1')]);
      app = await startFlowApp({
        adapter,
        prepare: (host: INestApplication) => host.enableCors({ origin: own.url }),
        options: {
          crossSite: { trustedOrigins: [own.url] },
          returnTo: {
            targets: { frame: { url: `${own.url}/banks`, display: 'frame', complete: 'confirm' } },
          },
        },
      });
      chromium = await startChromium();
    });

    afterAll(async () => {
      await chromium.close();
      await app.close();
      for (const one of [own, stranger]) one.close();
    });

    beforeEach(async () => {
      context = await chromium.newContext();
      context.setDefaultTimeout(HANGS_MS);
      context.on('request', (request) => {
        const state = stateOf(request.url());
        if (state !== '') registerSecret('state', state);
      });
      page = await context.newPage();
    });

    afterEach(async () => {
      expect(await context.cookies()).toEqual([]);
      await context.close();
    });

    /** Starts in the page of the front end, and gives the frame when it shows the webview. */
    async function framed(user: string, returnTo = 'frame'): Promise<Frame> {
      await page.goto(own.url);
      await page.evaluate(HEAR);
      await page.evaluate(
        `document.body.append(Object.assign(document.createElement('iframe'), { width: 500, height: 700 }))`,
      );
      await begin(
        page,
        { app: app.url, user, credentials: 'omit' },
        `connectInFrame(client, async () => (window.started = await client.connect({ returnTo: '${returnTo}' })),
          document.querySelector('iframe'))`,
      );
      const frame = page.frames().at(-1);
      if (frame === undefined) throw new Error('the page has no frame');
      return frame;
    }

    it('should report the end to the page around it, without a cookie [B14]', async () => {
      const frame = await framed('ann');
      await connectBank(frame);
      const attempt = await settled(page);
      expectConnected(attempt);
      const messages = await heardBy(page);
      expect(messages).toEqual([
        {
          origin: app.url,
          data: {
            type: 'powens-connections:result',
            attemptId: attempt['id'],
            ticket: expect.any(String) as unknown,
          },
        },
      ]);
    });

    it('should take the result that the webview posts in place of redirecting [B14]', async () => {
      const frame = await framed('bea');
      await frame.waitForURL(({ origin }) => origin === app.sandbox.url);
      // In the page of the webview: what the provider's own component gets.
      const { url } = await page.evaluate<{ url: string }>('window.started');
      const query = new URLSearchParams((await visitWebview(app, url)).split('?')[1]);
      registerSecret('code', query.get('code') ?? '');
      const data = {
        connectionId: Number(query.get('connection_id')),
        ...(query.has('code') ? { code: query.get('code') } : {}),
        state: 'of another attempt',
      };
      await frame.evaluate(
        `parent.postMessage(${JSON.stringify({ type: 'powensWebviewTermination', data })}, '${own.url}')`,
      );
      expectConnected(await settled(page));
    });

    it('should refuse a start that is not for a frame', async () => {
      await framed('ann', '/banks');
      expect(await settled(page)).toEqual({ error: 'invalid_request' });
    });

    it('should not show the callback to a page of a stranger around it, nor report to it', async () => {
      const native = app.browser('eve');
      const started = (await start(native, { returnTo: 'frame' })) as StartedByApplication;
      registerSecret('binding', started.binding);
      const callback = `${app.url}${await visitWebview(app, started.url)}`;
      await page.goto(stranger.url);
      await page.evaluate(HEAR);
      await page.evaluate(
        `document.body.append(Object.assign(document.createElement('iframe'), { src: ${JSON.stringify(callback)} }))`,
      );
      const shown = (): string => page.frames().at(-1)?.url() ?? '';
      await until(() => /^(chrome-error|http):/.test(shown()) && page.frames().length === 2);
      expect(shown()).toMatch(/^chrome-error:/);
      expect(await heardBy(page)).toEqual([]);
    });
  },
);
