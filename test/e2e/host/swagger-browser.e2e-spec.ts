import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { captureOutput, registerSecret } from '../../helpers/canary/collector.js';
import { isWithoutBrowser, screenshot, startChromium } from '../../helpers/browser/chromium.js';
import { startHostUnderTest, type HostUnderTest } from '../../helpers/browser/host-under-test.js';
import { SwaggerUi } from '../../helpers/browser/swagger-ui.js';
import { KeyboardVisitor, WebviewVisitor } from '../../helpers/browser/webview-visitor.js';
import { stateOf } from '../../helpers/flow/person.js';
import { sample, SWEEPS } from '../../helpers/sweeps.js';

interface Attempt {
  readonly id: string;
  readonly status: string;
  readonly error: string | null;
  readonly connectionIds: readonly string[];
}

/** For a page that hangs. */
const HANGS_MS = 300_000;

const withoutBrowser = isWithoutBrowser();

describe.skipIf(withoutBrowser).each(sample(['express', 'fastify'] as const))(
  'a person in a browser, on %s',
  (adapter) => {
    let host: HostUnderTest;
    let chromium: Browser;
    let context: BrowserContext;
    let page: Page;
    const seen: string[] = [];

    beforeAll(async () => {
      [host, chromium] = await Promise.all([startHostUnderTest(adapter), startChromium()]);
    });

    afterAll(async () => {
      await chromium.close();
      await host.close();
    });

    async function browse(options: { javaScriptEnabled?: boolean } = {}): Promise<void> {
      context = await chromium.newContext({ locale: 'en', ...options });
      context.setDefaultTimeout(HANGS_MS);
      page = await context.newPage();
      // Playwright's own words for what goes wrong in a page: refused by the policy, a script that throws.
      page.on('console', (message) => message.type() === 'error' && seen.push(message.text()));
      page.on('pageerror', (error) => seen.push(error.message));
    }

    beforeEach(() => {
      seen.length = 0;
    });

    afterEach(async () => {
      for (const { name, value } of await context.cookies()) registerSecret(name, value);
      await context.close();
    });

    /** Where the browser ends up after the callback: the result as a person reads it. */
    async function readResult(): Promise<Attempt> {
      await page.waitForURL(/\/connections\/attempts\/[0-9a-f-]{36}$/);
      captureOutput('answers', page.url());
      const text = await page.locator('body').innerText();
      captureOutput('answers', text);
      return JSON.parse(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1)) as Attempt;
    }

    async function untilToldOf(ui: SwaggerUi, attemptId: string): Promise<string[]> {
      for (;;) {
        const { items } = (await ui.tryItOut('GET', '/events')).json<{
          items: { type: string; attemptId: string }[];
        }>();
        const types = items.filter((event) => event.attemptId === attemptId).map(({ type }) => type);
        if (types.length > 0) return types;
      }
    }

    async function throughTheBank(visitor: WebviewVisitor): Promise<void> {
      if (adapter === 'express') {
        await visitor.findBank('littoral', 'Crédit du Littoral');
        await screenshot(page, `${adapter}-3-log-in`);
        await visitor.logIn();
        await visitor.enterOneTimeCode();
      } else {
        await visitor.findBank('horizon', 'Banque Horizon');
        await visitor.agreeAtBank('Banque Horizon');
      }
    }

    it('should lead from Swagger UI through the webview to a connection, its event and its accounts', async () => {
      await browse();
      await page.goto(`${host.url}/docs`);
      const ui = new SwaggerUi(page);
      expect((await ui.tryItOut('POST', '/session')).status).toBe(204);
      const started = await ui.tryItOut('POST', '/connections/connect');
      expect(started.status).toBe(201);
      expect((await ui.examplesOf('POST', '/connections/connect'))[0]).toBe('Any bank');
      const { url, attemptId } = started.json<{ url: string; attemptId: string }>();
      registerSecret('state', stateOf(url));
      await screenshot(page, `${adapter}-1-started`);

      await page.goto(url);
      const visitor = new WebviewVisitor(page);
      await visitor.acceptTerms();
      await screenshot(page, `${adapter}-2-banks`);
      await throughTheBank(visitor);
      await screenshot(page, `${adapter}-4-accounts`);
      await visitor.shareAllButTheLast();

      const attempt = await readResult();
      await screenshot(page, `${adapter}-5-result`);
      expect(attempt).toMatchObject({ id: attemptId, status: 'connected', error: null });
      expect(attempt.connectionIds).toHaveLength(1);

      await page.goto(`${host.url}/docs`);
      expect(await untilToldOf(ui, attemptId)).toEqual(['connection.created']);
      const accounts = await ui.tryItOut('GET', '/accounts');
      expect(accounts.status).toBe(200);
      const { items } = accounts.json<{ items: { name: string; balance: number | null }[] }>();
      // The account that was unticked is not shared.
      expect(items.map(({ name }) => name)).toContain('Compte courant');
      expect(items).toHaveLength(adapter === 'express' ? 1 : 2);
      captureOutput('answers', accounts.text);
      await screenshot(page, `${adapter}-6-accounts`);
      expect(seen).toEqual([]);
    });

    it.runIf(SWEEPS)('should be passed with a keyboard only and without scripts', async () => {
      await browse({ javaScriptEnabled: false });
      // Swagger UI is a script: this person comes from a page of the application that links to the flow.
      await context.request.post(`${host.url}/session`, { data: { user: 'keyboard' } });
      await page.goto(`${host.url}/connections/connect`);
      const visitor = new KeyboardVisitor(page);
      await visitor.press('I accept');
      await visitor.type('Search by name', 'décimale');
      await visitor.enter();
      await visitor.press('Banque Décimale');
      await visitor.logIn();
      await visitor.press('I have confirmed');
      await visitor.reach('Compte courant');
      await page.keyboard.press('Space');
      await visitor.press('Confirm and share');

      expect(await readResult()).toMatchObject({ status: 'connected', error: null });
      await screenshot(page, `${adapter}-7-keyboard`);
      expect(seen).toEqual([]);
    });

    it('should come back to a readable result from a walk that was cancelled by keyboard', async () => {
      await browse({ javaScriptEnabled: false });
      await context.request.post(`${host.url}/session`, { data: { user: 'hesitant' } });
      await page.goto(`${host.url}/connections/connect`);
      await new KeyboardVisitor(page).press('Cancel and go back');

      expect(await readResult()).toMatchObject({
        status: 'denied',
        error: 'access_denied',
        connectionIds: [],
      });
    });
  },
);
