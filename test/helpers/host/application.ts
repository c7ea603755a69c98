import { expect } from 'vitest';
import { registerSecret } from '../canary/collector.js';
import type { Answer, Browser } from '../flow/browser.js';
import type { FlowApp } from '../flow/flow-app.js';
import { start, visitWebview, type InWebview, type Started } from '../flow/person.js';

const SPA = 'https://spa.example.test';

/** Targets of front ends: two that complete attempts by themselves, and one whose attempts the callback completes. */
export const TARGETS = {
  ios: { url: 'com.example.app:/banks?from=bank', complete: 'confirm' },
  spa: { url: `${SPA}/banks`, complete: 'confirm' },
  web: 'https://web.example.test/banks',
} as const;

/** An application with these front ends. */
export const FRONT_ENDS = {
  returnTo: { targets: TARGETS },
  crossSite: { trustedOrigins: [SPA] },
};

/** The answer of a start whose attempt the application completes. */
export type StartedByApplication = Started & { readonly binding: string };

/** What an application holds before its person goes to the webview, and what it is opened with afterwards. */
export interface Opened {
  readonly native: Browser;
  readonly started: StartedByApplication;
  readonly callback: string;
  readonly address: string;
  readonly ticket: string;
}

/** Starts in the application, which keeps no cookie, and comes back in the browser of the system, which has none. */
export async function openedBy(app: FlowApp, user: string, done: InWebview = {}): Promise<Opened> {
  const native = app.browser(user);
  const started = (await start(native, { returnTo: 'ios' })) as StartedByApplication;
  registerSecret('binding', started.binding);
  expect([...native.cookies]).toEqual([]);
  const callback = await visitWebview(app, started.url, done);
  const { status, location } = await app.browser(null).get(callback);
  expect(status).toBe(303);
  return { native, started, callback, address: location, ticket: ticketOf(location) };
}

export function ticketOf(address: string): string {
  return new URL(address).searchParams.get('ticket') ?? '';
}

/** Sends the request of the application, as whoever is signed in there. */
export async function completeAs(
  browser: Browser,
  { started, ticket }: Pick<Opened, 'started' | 'ticket'>,
  changed: object = {},
): Promise<Answer> {
  const { attemptId, binding } = started;
  return browser.post(`/connections/attempts/${attemptId}/complete`, { ticket, binding, ...changed });
}
