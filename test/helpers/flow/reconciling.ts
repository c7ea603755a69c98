import { TokenImportService } from 'nestjs-powens-connections';
import type { Browser } from './browser.js';
import type { FlowApp } from './flow-app.js';
import { connected, connectionsOf, type Connected } from './lifecycle.js';
import { sql } from './observe.js';
import { start, visitWebview } from './person.js';
import { clearTokenOf } from '../upstream/upstream.js';

/** Deletes a connection behind the library's back. */
export async function deleteConnectionAtPowens(app: FlowApp, owner: string, id: string): Promise<void> {
  await remove(app, owner, `/users/me/connections/${id}`);
}

/** Deletes a Powens user with all it has, behind the library's back. */
export async function deleteUserAtPowens(app: FlowApp, owner: string): Promise<void> {
  await remove(app, owner, '/users/me');
}

/**
 * Makes a connection that no callback brings: the person closes the tab at the end, and the attempt's time is over.
 *
 * @returns its id at Powens
 */
export async function anotherConnection(app: FlowApp, browser: Browser): Promise<string> {
  const { url, attemptId } = await start(browser);
  const callback = await visitWebview(app, url);
  await sql(app, 'UPDATE powens_attempt SET expires_at = now() WHERE id = $1', [attemptId]);
  return new URL(callback, app.url).searchParams.get('connection_id') ?? '';
}

/** An owner whose token came from elsewhere: it may not be renewed by itself. */
export async function importedOwner(app: FlowApp, owner: string): Promise<Connected> {
  const before = `${owner} before`;
  await connected(app, before);
  const token = await clearTokenOf(app, before);
  await sql(app, `DELETE FROM powens_connection WHERE owner_id = $1`, [before]);
  await sql(app, `DELETE FROM powens_user WHERE owner_id = $1`, [before]);
  await app.app.get(TokenImportService).import([{ owner, token }]);
  const browser = app.browser(owner);
  const [connection] = await connectionsOf(browser);
  if (connection === undefined) throw new Error('nothing was imported');
  return { browser, connection };
}

/** The id of an owner's user at Powens. */
export async function powensUserIdOf(app: FlowApp, owner: string): Promise<string> {
  const [row] = await sql<{ id: string }>(
    app,
    `SELECT powens_user_id AS id FROM powens_user WHERE owner_id = $1`,
    [owner],
  );
  return row?.id ?? '';
}

/** The types of the events that an owner's handlers saw, in order. */
export function eventTypes(app: FlowApp, owner: string): string[] {
  return app.events.filter(({ ownerId }) => ownerId === owner).map(({ type }) => type);
}

async function remove(app: FlowApp, owner: string, path: string): Promise<void> {
  const response = await fetch(`${app.sandbox.url}/2.0${path}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${await clearTokenOf(app, owner)}` },
  });
  if (response.status !== 204) throw new Error(`not deleted: ${response.status}`);
}
