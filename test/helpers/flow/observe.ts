import { randomBytes } from 'node:crypto';
import { ConnectionsService } from 'nestjs-powens-connections';
import { DataSource } from 'typeorm';
import { connect, start, visitWebview, type Started } from './person.js';
import type { Answer, Browser } from './browser.js';
import type { FlowApp } from './flow-app.js';

/** What the library sees of an attempt. */
export interface AttemptBody {
  readonly id: string;
  readonly status: string;
  readonly connectionIds: string[];
  readonly error: string | null;
}

/** A fault of the sandbox: what goes wrong next. */
export interface PlantedFault {
  readonly kind: 'status' | 'delay' | 'timeout' | 'reset' | 'truncate' | 'html503' | 'after';
  readonly method?: string;
  readonly path?: string;
  readonly times?: number;
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  readonly delayMs?: number;
}

export const EXCHANGE = { method: 'POST', path: '/auth/token/access' } as const;

/** An attempt whose browser is about to come back. */
export interface Returning {
  readonly browser: Browser;
  readonly started: Started;
  readonly callback: string;
}

/** Starts an attempt and goes through the webview, up to the door of the callback. */
export async function returning(
  app: FlowApp,
  user: string,
  wish: { body?: Record<string, unknown>; connections?: number } = {},
): Promise<Returning> {
  const browser = app.browser(user);
  const started = await start(browser, wish.body);
  const { connections } = wish;
  const callback = await visitWebview(app, started.url, connections === undefined ? {} : { connections });
  return { browser, started, callback };
}

/** An owner who has one connection already. */
export async function connectedOwner(app: FlowApp, user: string): Promise<Browser> {
  const browser = app.browser(user);
  const { landed } = await connect(app, browser);
  if (landed.status !== 303) throw new Error(`the first connection failed: ${landed.status}`);
  return browser;
}

export async function sql<Row = Record<string, unknown>>(
  app: FlowApp,
  text: string,
  parameters: unknown[] = [],
): Promise<Row[]> {
  return app.app.get(DataSource).query<Row[]>(text, parameters);
}

export async function attemptOf(browser: Browser, id: string): Promise<AttemptBody> {
  return (await browser.get(`/connections/attempts/${id}`)).json<AttemptBody>();
}

/** Calls of the library to the provider. The webview that tests drive is no such call. */
export function outbound(
  app: FlowApp,
): readonly { at: string; method: string; path: string; status: number }[] {
  return app.sandbox.ledger().calls;
}

export function exchanges(app: FlowApp): number {
  return outbound(app).filter(({ method, path }) => method === 'POST' && path.endsWith('/auth/token/access'))
    .length;
}

export async function plant(app: FlowApp, ...faults: readonly PlantedFault[]): Promise<void> {
  for (const fault of faults) {
    const response = await fetch(`${app.sandbox.url}/sandbox/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(fault),
    });
    if (!response.ok) throw new Error(`the fault was refused: ${await response.text()}`);
  }
}

export async function clearFaults(app: FlowApp): Promise<void> {
  await fetch(`${app.sandbox.url}/sandbox/faults`, { method: 'DELETE' });
}

/** Tokens that live at the provider and that no row of ours can give back: what must never be left behind. */
export async function orphanTokens(app: FlowApp): Promise<string[]> {
  const kept = new Set<string>();
  const rows = await sql<{ owner_id: string; tenant: string }>(
    app,
    `SELECT owner_id, tenant FROM powens_user WHERE status = 'active'`,
  );
  for (const { owner_id: id, tenant } of rows) {
    await app.app
      .get(ConnectionsService)
      .withToken({ id, tenant }, (token) => token.use((clear) => kept.add(clear)));
  }
  return permanentTokens(app)
    .filter(({ token, revoked }) => !revoked && !kept.has(token))
    .map(({ idUser }) => `a live token of Powens user ${idUser}`);
}

/** Tokens that came out of an exchange; temporary users have tokens of their own, which die by themselves. */
function permanentTokens(app: FlowApp): { token: string; idUser: number | null; revoked: boolean }[] {
  const ledger = app.sandbox.ledger();
  const permanent = new Set(ledger.users.filter(({ temporary }) => !temporary).map(({ id }) => id));
  return ledger.tokens.filter(({ idUser }) => idUser !== null && permanent.has(idUser));
}

/** Every row of the library's tables, but for how far the relay is: two are equal when nothing was written between. */
export async function snapshot(app: FlowApp): Promise<unknown> {
  const rows: Record<string, unknown> = {};
  for (const table of ['powens_attempt', 'powens_user', 'powens_connection', 'powens_link']) {
    rows[table] = await sql(app, `SELECT * FROM ${table} ORDER BY 1`);
  }
  rows['powens_outbox'] = await sql(app, 'SELECT position, id, type, payload FROM powens_outbox ORDER BY 1');
  return rows;
}

/** Makes an attempt as old as if its time had run out: the database's clock decides, so the row is moved. */
export async function expire(app: FlowApp, attemptId: string): Promise<void> {
  await sql(app, `UPDATE powens_attempt SET expires_at = now() - interval '1 second' WHERE id = $1`, [
    attemptId,
  ]);
}

export function madeUpState(): string {
  return randomBytes(32).toString('base64url');
}

/** Replaces one parameter of a callback, leaving the others as they are spelt. */
export function withParameter(callback: string, name: string, value: string): string {
  const [path = '', query = ''] = callback.split('?');
  const kept = query.split('&').filter((pair) => !pair.startsWith(`${name}=`));
  return `${path}?${[...kept, `${name}=${value}`].join('&')}`;
}

export function without(callback: string, ...names: readonly string[]): string {
  const [path = '', query = ''] = callback.split('?');
  return `${path}?${query
    .split('&')
    .filter((pair) => !names.some((name) => pair.startsWith(`${name}=`)))
    .join('&')}`;
}

/** What an answer tells, for comparisons byte by byte; the date is all that may differ. */
export function told(answer: Answer): { status: number; text: string; headers: [string, string][] } {
  const headers = [...answer.headers].filter(([name]) => name !== 'date');
  return { status: answer.status, text: answer.text, headers };
}

export const CALLBACK_HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
};
