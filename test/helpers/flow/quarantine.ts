import type { ConnectionEvent } from 'nestjs-powens-connections';
import { registerSecret } from '../canary/collector.js';
import type { Answer, Browser } from './browser.js';
import type { FlowApp } from './flow-app.js';
import { connected, eventOf, type ConnectionBody } from './lifecycle.js';
import { sql } from './observe.js';
import { start, stateOf, visitWebview, type InWebview, type Started } from './person.js';

/** A bank that was connected at Powens while its callback never came. */
export interface Unfinished {
  readonly attemptId: string;
  readonly callback: string;
  readonly powensConnectionId: string;
}

/** An owner of one bank in use and one in quarantine. */
export interface Quarantined extends Unfinished {
  readonly browser: Browser;
  readonly connection: ConnectionBody;
  /** Id here of the one in quarantine. */
  readonly id: string;
  readonly told: ConnectionEvent;
}

/** Connects a bank in the webview and closes the tab there. */
export async function closeTab(app: FlowApp, browser: Browser, done: InWebview = {}): Promise<Unfinished> {
  const { attemptId, url } = await start(browser);
  const callback = await visitWebview(app, url, done);
  return { attemptId, callback, powensConnectionId: newestAtPowens(app) };
}

/** Opens the manage page and comes back from it. */
export async function manage(
  app: FlowApp,
  browser: Browser,
  { lateStart = false, ...done }: InWebview & { lateStart?: boolean } = {},
): Promise<{ attemptId: string; landed: Answer }> {
  const answer = await browser.post('/connections/manage');
  const { url, attemptId } = answer.json<Started & Record<string, unknown>>();
  registerSecret('state', stateOf(url));
  if (lateStart) {
    // As if it had begun an hour after whatever is at Powens by now.
    await sql(app, `UPDATE powens_attempt SET created_at = now() + interval '1 hour' WHERE id = $1`, [
      attemptId,
    ]);
  }
  return { attemptId, landed: await browser.get(await visitWebview(app, url, done)) };
}

/** An owner who closed the tab of his second bank an hour ago, and opens the manage page now. */
export async function quarantined(
  app: FlowApp,
  user: string,
  { already, ...done }: InWebview & { already?: { browser: Browser; connection: ConnectionBody } } = {},
): Promise<Quarantined> {
  const { browser, connection } = already ?? (await connected(app, user));
  const unfinished = await closeTab(app, browser, done);
  await manage(app, browser, { lateStart: true });
  const told = await eventOf(app, user, 'connection.unconfirmed');
  return { browser, connection, ...unfinished, id: told.connectionId ?? '', told };
}

/** Makes the time in quarantine of a connection run out: the database's clock decides, so the row is moved. */
export async function runOut(app: FlowApp, id: string): Promise<void> {
  await sql(app, `UPDATE powens_connection SET remove_at = now() WHERE id = $1`, [id]);
}

export function isAtPowens(app: FlowApp, powensConnectionId: string): boolean {
  return app.sandbox
    .ledger()
    .connections.some(({ id, deleted }) => String(id) === powensConnectionId && !deleted);
}

/** What an owner was told of a connection, in order. */
export function toldOf(apps: readonly FlowApp[], powensConnectionId: string): string[] {
  return apps
    .flatMap(({ events }) => events)
    .filter((event) => event.powensConnectionId === powensConnectionId)
    .map(({ type }) => type);
}

function newestAtPowens(app: FlowApp): string {
  return String(app.sandbox.ledger().connections.at(-1)?.id);
}
