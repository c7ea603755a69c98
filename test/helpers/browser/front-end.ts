import { readFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import type { Frame, Page } from 'playwright-core';
import { TEST_CREDENTIALS } from 'powens-sandbox';
import { builtHost } from '../host/build.js';

const BANK = 'Crédit du Littoral';

/** A front end on an origin of its own, with the built client and element; or a page of a stranger, which has nothing but a page. */
export class FrontEnd {
  html = '<!doctype html><html lang="en"><title>Front end</title><body></body></html>';
  headers: Record<string, string> = {};

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  /** @param host - `localhost` is the same site as the application of a test, `127.0.0.1` another one */
  static async open(host: 'localhost' | '127.0.0.1'): Promise<FrontEnd> {
    const built = join(dirname(dirname(await builtHost('main.js'))), 'libs', 'connections', 'src');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, host, resolve));
    const opened = new FrontEnd(server, `http://${host}:${(server.address() as AddressInfo).port}`);
    server.on('request', (request, response) => {
      opened.serve(built, new URL(request.url ?? '/', opened.url).pathname, response);
    });
    return opened;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private serve(built: string, path: string, response: ServerResponse): void {
    if (/^\/(element|client)\/[a-z/.-]+\.js$/.test(path)) {
      response.writeHead(200, { 'content-type': 'text/javascript' });
      response.end(readFileSync(join(built, path), 'utf8'));
    } else {
      response.writeHead(200, { 'content-type': 'text/html', ...this.headers });
      response.end(this.html);
    }
  }
}

/** Connects a bank in the webview, as a person does. */
export async function connectBank(page: Page | Frame): Promise<void> {
  await page.getByRole('button', { name: 'I accept' }).click();
  await page.getByLabel('Search by name').fill('littoral');
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByRole('button', { name: BANK }).click();
  await page.getByLabel('Login').fill(TEST_CREDENTIALS.login);
  await page.getByLabel('Password').fill(TEST_CREDENTIALS.password);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByLabel('One-time code').waitFor();
  await page.getByLabel('One-time code').fill(await page.locator('.hint code').innerText());
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Confirm and share' }).click();
}

/** Keeps every message that the page gets in `window.heard`. */
export const HEAR = `window.heard = []; addEventListener('message', ({ data, origin }) => window.heard.push({ data, origin }));`;

/** What the page heard; after a message of its own, so that others that were sent before it have arrived. */
export async function heardBy(page: Page): Promise<{ data: Record<string, unknown>; origin: string }[]> {
  return page.evaluate(`new Promise((resolve) => {
    addEventListener('message', ({ data }) => data === 'last' && resolve(window.heard.filter(({ data }) => data !== 'last')));
    postMessage('last', location.origin);
  })`);
}

/** What a function of the element resolved with, or the code of its error. */
export async function settled(page: Page): Promise<Record<string, unknown>> {
  return page.evaluate('window.result');
}

/** Starts a function of the element in the page of a front end, where `client` calls the application. */
export async function begin(
  page: Page,
  { app, user, credentials = 'include' }: { app: string; user: string; credentials?: string },
  call: string,
): Promise<void> {
  await page.evaluate(`(async () => {
    const { connectInFrame, connectInPopup } = await import('/element/index.js');
    const { ConnectionsClient } = await import('/client/index.js');
    const client = new ConnectionsClient({
      baseUrl: '${app}/connections', credentials: '${credentials}', headers: () => ({ 'x-user': '${user}' }),
    });
    window.result = (${call}).catch((error) => ({ error: error.code ?? String(error) }));
  })()`);
}

/** Expects an attempt that connected one bank. */
export function expectConnected(attempt: Record<string, unknown>): void {
  expect(attempt).toMatchObject({ status: 'connected', error: null });
  expect(attempt['connectionIds']).toHaveLength(1);
}
