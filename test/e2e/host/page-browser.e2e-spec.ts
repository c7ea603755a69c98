import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { violationsOf } from '../../helpers/browser/accessibility.js';
import { documentScreenshot, isWithoutBrowser, startChromium } from '../../helpers/browser/chromium.js';
import { KeyboardVisitor } from '../../helpers/browser/webview-visitor.js';
import { captureOutput, registerSecret } from '../../helpers/canary/collector.js';
import { freePorts, HostProcess } from '../../helpers/host/host-process.js';
import { sample } from '../../helpers/sweeps.js';

/** For a page that hangs. */
const HANGS_MS = 300_000;
const BANK = 'Crédit du Littoral';

const withoutBrowser = isWithoutBrowser();

describe.skipIf(withoutBrowser).each(sample(['express', 'fastify'] as const))(
  'the page of the demo, with a keyboard only, on %s',
  (adapter) => {
    const dataDir = mkdtempSync(join(tmpdir(), 'page-'));
    const seen: string[] = [];
    const calls: string[] = [];
    let host: HostProcess;
    let chromium: Browser;
    let context: BrowserContext;
    let page: Page;
    let keyboard: KeyboardVisitor;

    beforeAll(async () => {
      const keys = `page:${Buffer.alloc(32, 9).toString('base64')}`;
      host = await HostProcess.start({ ...(await freePorts()), dataDir, keys, adapter });
      chromium = await startChromium();
      context = await chromium.newContext({ locale: 'en', viewport: { width: 760, height: 800 } });
      context.setDefaultTimeout(HANGS_MS);
      page = await context.newPage();
      page.on('console', (message) => message.type() === 'error' && seen.push(message.text()));
      page.on('pageerror', (error) => seen.push(error.message));
      page.on('response', (response) =>
        calls.push(`${response.status()} ${new URL(response.url()).pathname}`),
      );
      keyboard = new KeyboardVisitor(page);
    });

    afterAll(async () => {
      for (const { name, value } of await context.cookies()) registerSecret(name, value);
      captureOutput('page', calls.join('\n'));
      const { codes, tokens } = await host.ledger();
      for (const { code } of codes) registerSecret('code', code);
      for (const { token } of tokens) registerSecret('access token', token);
      await chromium.close();
      await host.stop();
      rmSync(dataDir, { recursive: true, force: true });
    });

    /** In the light and in the dark, as the person set it in the browser. */
    async function expectAccessible(picture?: string): Promise<void> {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        expect({ colorScheme, violations: await violationsOf(page) }).toEqual({
          colorScheme,
          violations: [],
        });
        if (picture !== undefined) await documentScreenshot(page, `${picture}-${colorScheme}`);
      }
    }

    /** Presses a button that does not leave the page. */
    async function activate(name: string): Promise<void> {
      await keyboard.reach(name);
      await page.keyboard.press('Enter');
    }

    async function focused(): Promise<string> {
      return page.evaluate(`(() => {
        let element = document.activeElement;
        while (element.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
        return (element.innerText || element.id).replace(/\\s+/g, ' ');
      })()`);
    }

    const says = async (text: string): Promise<void> => page.getByText(text).waitFor();

    it('should ask for a sign-in without a call that is refused', async () => {
      await page.goto(`${host.url}/`);
      await page.getByLabel('User name').waitFor();
      await expectAccessible();

      expect(calls.filter((call) => !/^(200|204) /.test(call))).toEqual([]);
      expect(await page.getByRole('link', { name: 'Swagger UI' }).getAttribute('href')).toBe('docs');
    });

    it('should sign in, and stand where the person continues', async () => {
      await keyboard.type('User name', 'not a name');
      await page.keyboard.press('Enter');
      await says('user must be 1 to 64 letters');
      // The browser itself reports the status of a call that a page made.
      expect(seen.splice(0)).toEqual([expect.stringContaining('400')]);
      await page.keyboard.press('Control+A');
      await page.keyboard.type('alice');
      await page.keyboard.press('Enter');
      await says('Nothing is connected yet.');

      expect(await focused()).toBe('Signed in as alice');
      await expectAccessible();
    });

    it('should connect a bank, and show it with its events', async () => {
      await keyboard.press('Add a connection');
      await keyboard.press('I accept');
      await keyboard.type('Search by name', 'littoral');
      await keyboard.enter();
      await keyboard.press(BANK);
      await keyboard.logIn();
      await keyboard.type('One-time code', await page.locator('.hint code').innerText());
      await keyboard.enter();
      await keyboard.press('Confirm and share');
      await says('The connection is complete.');
      await page.getByRole('heading', { name: BANK }).waitFor();
      await page.getByText('connection.created').waitFor();

      expect(page.url()).toBe(`${host.url}/`);
    });

    it('should show what the bank asks for as soon as the event arrives, and repair it', async () => {
      await activate('Apply');
      await says('The bank asks you to confirm that it is you.');
      await page.evaluate('scrollTo(0, 0)');
      await expectAccessible('page');
      await keyboard.press('Repair');
      await keyboard.type('One-time code', await page.locator('.hint code').innerText());
      await keyboard.enter();
      await says('The connection is complete.');
      await page.getByRole('button', { name: `Update now ${BANK}` }).waitFor();

      expect(await page.getByRole('button', { name: `Repair ${BANK}` }).count()).toBe(0);
    });

    it('should remove it after a question, and keep the focus', async () => {
      await activate('Remove');
      await says(`Remove ${BANK}?`);
      await expectAccessible();
      expect(await focused()).toBe('Cancel');
      await page.keyboard.press('Escape');
      await page.getByText(`Remove ${BANK}?`).waitFor({ state: 'hidden' });
      expect(await focused()).toBe(`Remove ${BANK}`);
      await page.keyboard.press('Enter');
      await says(`Remove ${BANK}?`);
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await says(`${BANK} was removed.`);
      await page.getByText('connection.deleted').waitFor();

      expect(await focused()).toBe('Add a connection');
      await says('Nothing is connected yet.');
    });

    it('should sign out, with nothing of the person left on the page', async () => {
      await activate('Sign out');
      await page.getByLabel('User name').waitFor();

      expect(await focused()).toBe('user');
      expect(await page.getByText('connection.deleted').count()).toBe(0);
      expect(seen).toEqual([]);
    });

    it('should have no inline script and no inline style, and a policy that refuses them', async () => {
      const response = await fetch(`${host.url}/`);
      const policy = response.headers.get('content-security-policy') ?? '';

      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("require-trusted-types-for 'script'");
      expect(policy).not.toContain('unsafe');
      expect(await response.text()).not.toMatch(/<style|<script(?![^>]* src=)|style=| on[a-z]+=/);
    });

    it.each(['/assets/../package.json', '/assets/%2e%2e/main.js', '/assets/page/nothing.js', '/assets/'])(
      'should answer 404 to %s',
      async (path) => {
        expect((await fetch(`${host.url}${path}`)).status).toBe(404);
      },
    );
  },
);
