import type { ConnectionEvent, ConnectionEventType } from 'nestjs-powens-connections';
import { connect, until } from './person.js';
import type { Browser } from './browser.js';
import type { FlowApp } from './flow-app.js';
import { sql } from './observe.js';

/** A connection as the library answers it. */
export interface ConnectionBody {
  readonly id: string;
  readonly powensConnectionId: string;
  readonly state: string | null;
  readonly requiredAction: string | null;
  readonly expiresAt: string | null;
  readonly lastSyncedAt: string | null;
}

/** An owner with one connection. */
export interface Connected {
  readonly browser: Browser;
  readonly connection: ConnectionBody;
}

/** Connects a bank for a new owner. */
export async function connected(app: Pick<FlowApp, 'sandbox' | 'browser'>, user: string): Promise<Connected> {
  const browser = app.browser(user);
  const { landed } = await connect(app, browser);
  if (landed.status !== 303) {
    throw new Error(`the callback answered ${landed.status}: ${landed.text}`);
  }
  const [connection] = await connectionsOf(browser);
  if (connection === undefined) {
    throw new Error('nothing was connected');
  }
  return { browser, connection };
}

export async function connectionsOf(browser: Browser): Promise<ConnectionBody[]> {
  return (await browser.get('/connections')).json<{ items: ConnectionBody[] }>().items;
}

/** Talks to the sandbox's admin API. */
export async function admin(app: Pick<FlowApp, 'sandbox'>, path: string, body?: unknown): Promise<Response> {
  return fetch(`${app.sandbox.url}/sandbox/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body ?? {}),
  });
}

/** Puts a connection into a state, as seen at the provider. */
export async function setState(
  app: Pick<FlowApp, 'sandbox'>,
  connection: ConnectionBody,
  state: string | null,
): Promise<void> {
  await admin(app, `connections/${connection.powensConnectionId}`, { state });
}

/** Moves the provider's clock. */
export async function advance(app: FlowApp, advanceSeconds: number): Promise<void> {
  await admin(app, 'clock', { advanceSeconds });
}

/**
 * Ends the leases of deletions, as if their processes had died long ago: the database's clock decides, so the rows are moved.
 * What keeps a deletion from its end must be gone before: the next one who tries takes a new lease.
 */
export async function endLeases(app: FlowApp): Promise<void> {
  await sql(
    app,
    `UPDATE powens_connection SET leased_until = now() WHERE status = 'deleting' AND leased_until > now()`,
  );
}

/** Waits for an event of an owner. */
export async function eventOf<T extends ConnectionEventType>(
  app: FlowApp,
  ownerId: string,
  type: T,
): Promise<ConnectionEvent<T>> {
  const find = (): ConnectionEvent | undefined =>
    app.events.find((event) => event.ownerId === ownerId && event.type === type);
  await until(() => find() !== undefined);
  return find() as ConnectionEvent<T>;
}

/** The provider's live permanent tokens of a user. */
export function liveTokens(app: FlowApp, powensUserId: string): readonly string[] {
  return app.sandbox
    .ledger()
    .tokens.filter((token) => String(token.idUser) === powensUserId && !token.revoked)
    .map(({ token }) => token);
}
