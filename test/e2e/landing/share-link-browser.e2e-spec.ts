import type { IncomingMessage } from 'node:http';
import type { INestApplication } from '@nestjs/common';
import { parse } from 'cookie';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { ShareLinksService } from 'nestjs-powens-connections';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isWithoutBrowser, startChromium } from '../../helpers/browser/chromium.js';
import { connectBank, FrontEnd } from '../../helpers/browser/front-end.js';
import { registerSecret } from '../../helpers/canary/collector.js';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { outbound, snapshot } from '../../helpers/flow/observe.js';
import { stateOf } from '../../helpers/flow/person.js';
import { sample } from '../../helpers/sweeps.js';

/** For a page that hangs. */
const HANGS_MS = 300_000;

const withoutBrowser = isWithoutBrowser();

/** The session of the host: a cookie that browsers do not send when another site leads them there. */
const userOf = ({ headers }: Pick<IncomingMessage, 'headers'>): string | null =>
  parse(headers.cookie ?? '')['session'] ?? null;

interface Reply {
  header(name: string, value: string): Reply;
  send(text: string): void;
}

/** Pages of the host: one to sign in, and one that shows where the browser landed. */
function withPages(app: INestApplication): void {
  const page = (path: string, body: string): unknown =>
    app
      .getHttpAdapter()
      .get(path, (_request: unknown, response: Reply) =>
        response.header('content-type', 'text/html').send(`<!doctype html><title>Host</title>${body}`),
      );
  page('/login', '<h1>Sign in here</h1>');
  page('/banks', '<h1>Your banks</h1>');
}

describe.skipIf(withoutBrowser).each(sample(['express', 'fastify'] as const))(
  'a person who opens a share link, on %s',
  (adapter) => {
    let chromium: Browser;
    let app: FlowApp;
    let mail: FrontEnd;
    let context: BrowserContext;
    let page: Page;
    let url: string;

    beforeAll(async () => {
      [mail, chromium] = await Promise.all([FrontEnd.open('127.0.0.1'), startChromium()]);
      app = await startFlowApp({
        adapter,
        prepare: withPages,
        options: { owner: userOf, returnTo: { default: '/banks' }, links: { signInPage: '/login' } },
      });
    });

    afterAll(async () => {
      await chromium.close();
      await app.close();
      mail.close();
    });

    beforeEach(async () => {
      ({ url } = await app.app.get(ShareLinksService).create('ann'));
      mail.html = `<!doctype html><title>Mail</title><a href="${url}">Connect your bank</a>`;
      context = await chromium.newContext();
      context.setDefaultTimeout(HANGS_MS);
      context.on('request', (request) => {
        const state = stateOf(request.url());
        if (state !== '') registerSecret('state', state);
      });
      page = await context.newPage();
    });

    afterEach(async () => {
      for (const { name, value } of await context.cookies()) {
        if (name.endsWith('binding')) registerSecret('binding', value);
      }
      await context.close();
    });

    async function signIn(user: string): Promise<void> {
      await context.addCookies([
        { name: 'session', value: user, url: app.url, sameSite: 'Strict', httpOnly: true },
      ]);
    }

    async function followFromMail(): Promise<void> {
      await page.goto(mail.url);
      await page.getByRole('link', { name: 'Connect your bank' }).click();
      await page.getByText('Continue only if you expected this link').waitFor();
    }

    const proceed = async (): Promise<void> => page.getByRole('button', { name: 'Continue' }).click();

    it('should connect a bank from a mail, with a session cookie that is SameSite=Strict [B12]', async () => {
      await signIn('ann');
      await followFromMail();
      await proceed();
      await connectBank(page);
      await page.getByRole('heading', { name: 'Your banks' }).waitFor();
      expect(page.url()).toMatch(/\/banks\?attempt=/);
    });

    it('should sign in first, and come back to the link', async () => {
      await followFromMail();
      await proceed();
      await page.getByRole('heading', { name: 'Sign in here' }).waitFor();
      const back = new URL(page.url()).searchParams.get('returnTo') ?? '';
      expect(`${app.url}${back}`).toBe(url);
      await signIn('ann');
      await page.goto(`${app.url}${back}`);
      await proceed();
      await page.waitForURL(({ origin }) => origin === app.sandbox.url);
    });

    it('should be refused in words where another user is signed in, and start nothing', async () => {
      await signIn('mallory');
      await followFromMail();
      const [rows, calls] = [await snapshot(app), outbound(app).length];
      const answered = page.waitForResponse((response) => response.request().method() === 'POST');
      await proceed();
      const answer = await answered;
      expect([answer.status(), answer.headers()['content-type']]).toEqual([404, 'text/html; charset=utf-8']);
      await page.getByText('This link cannot be used with the account that is signed in').waitFor();
      expect(await snapshot(app)).toEqual(rows);
      expect(outbound(app)).toHaveLength(calls);
    });

    it('should not be framed by another site, which could make the person click', async () => {
      await signIn('ann');
      mail.html = `<!doctype html><iframe src="${url}"></iframe>`;
      const blocked = page.waitForEvent('console', (message) => message.text().includes('frame-ancestors'));
      await page.goto(mail.url);
      await blocked;
      expect(await page.frames().at(-1)?.getByRole('button').count()).toBe(0);
    });

    it('should start nothing when another site posts the form of the link', async () => {
      await signIn('ann');
      const [rows, calls] = [await snapshot(app), outbound(app).length];
      mail.html = `<!doctype html><form method="post" action="${url}"></form><script>document.forms[0].submit()</script>`;
      const answered = page.waitForResponse((response) => response.request().method() === 'POST');
      await page.goto(mail.url);
      expect((await answered).status()).toBe(403);
      expect(await snapshot(app)).toEqual(rows);
      expect(outbound(app)).toHaveLength(calls);
    });
  },
);
