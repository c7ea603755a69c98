import { registerSecret } from '../canary/collector.js';
import type { Answer, Browser } from './browser.js';
import type { FlowApp } from './flow-app.js';

export { until } from '../until.js';

/** What a person does in the webview. */
export interface InWebview {
  readonly outcome?: string;
  readonly connectorUuid?: string;
  readonly connections?: number;
}

/** An attempt as its browser knows it. */
export interface Started {
  readonly attemptId: string;
  readonly url: string;
  readonly expiresAt: string;
}

/** Starts an attempt with `POST /connections/connect`, or below another path of the routes. */
export async function start(
  browser: Browser,
  body: Record<string, unknown> = {},
  root = '/connections',
): Promise<Started> {
  const answer = await browser.post(`${root}/connect`, body);
  if (answer.status !== 201) {
    throw new Error(`connect answered ${answer.status}: ${answer.text}`);
  }
  const started = answer.json<Started & Record<string, unknown>>();
  registerSecret('state', stateOf(started.url));
  return started;
}

/** Goes through the webview as a person would; gives the path and query that the browser is sent back to. */
export async function visitWebview(
  app: Pick<FlowApp, 'sandbox'>,
  url: string,
  done: InWebview = {},
): Promise<string> {
  const response = await fetch(`${app.sandbox.url}/sandbox/webview`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ url, ...done }),
  });
  const { location } = (await response.json()) as { location: string | null };
  if (location === null) {
    throw new Error(`the webview sent nobody back (${response.status})`);
  }
  const { pathname, search } = new URL(location);
  return `${pathname}${search}`;
}

/** The whole flow: start, webview, callback, result. */
export async function connect(
  app: Pick<FlowApp, 'sandbox'>,
  browser: Browser,
  done: InWebview & { body?: Record<string, unknown>; root?: string } = {},
): Promise<{
  readonly started: Started;
  readonly callback: string;
  readonly landed: Answer;
}> {
  const { body, root, ...inWebview } = done;
  const started = await start(browser, body, root);
  const callback = await visitWebview(app, started.url, inWebview);
  return { started, callback, landed: await browser.get(callback) };
}

export function stateOf(url: string): string {
  return new URL(url).searchParams.get('state') ?? '';
}
