import { ReconciliationService } from 'nestjs-powens-connections';
import type { FlowApp } from '../flow/flow-app.js';
import { sql } from '../flow/observe.js';
import { htmlPage, ownWords, type PassingCall, type Play } from './powens-proxy.js';

/** Powens itself says that what people connected is not there. */
const IN_ITS_WORDS: Readonly<Record<string, Play>> = {
  '404 in the words of Powens': () => ownWords(404, 'notFound'),
  '401 in the words of Powens, while tokens can be renewed for a look': (call) =>
    ofUser(call) ? ownWords(401, 'unauthorized') : null,
  'an empty list, and 404 for each connection': (call) =>
    isList(call) ? () => '{"connections": []}' : isOne(call) ? ownWords(404, 'notFound') : null,
  '401, and 400 for a new token': (call) =>
    call.path === '/auth/renew' ? ownWords(400, 'invalidValue') : ownWords(401, 'unauthorized'),
  '404 for three of four': (call) => (isUnlucky(call) ? ownWords(404, 'notFound') : null),
};

/** Answers that say nothing of the kind, however often they come. */
const NO_WORD: Readonly<Record<string, Play>> = {
  '403 in the words of Powens': () => ownWords(403, 'forbidden'),
  'a page with 404': () => htmlPage(404),
  'a page with 403': () => htmlPage(403),
  'a page with 401': () => htmlPage(401),
  'an empty list': (call) => (isList(call) ? () => '{"connections": []}' : null),
  'half a list': (call) => (isList(call) ? halved : null),
  'half a list, and a page with 404 for each connection': (call) =>
    isList(call) ? halved : isOne(call) ? htmlPage(404) : null,
  '404 for each list, and a page with 404 for each user': (call) =>
    isList(call) ? ownWords(404, 'notFound') : call.path === '/users/me' ? htmlPage(404) : null,
};

/** Ways in which Powens, or something in between, stops finding what people connected. */
export const MASS_LOSSES: Readonly<Record<string, Play>> = { ...IN_ITS_WORDS, ...NO_WORD };

/** Whether anything may be taken out of use for it, within the limit. */
export function mayTakeAway(what: string): boolean {
  return Object.hasOwn(IN_ITS_WORDS, what);
}

/** What is kept here, as an owner would count it. */
export interface Inventory {
  readonly users: number;
  readonly connections: readonly string[];
}

/** What is in use here. */
export async function inventory(app: FlowApp): Promise<Inventory> {
  const [users] = await sql<{ count: number }>(
    app,
    `SELECT count(*)::int AS count FROM powens_user WHERE status = 'active' AND sealed_token IS NOT NULL`,
  );
  const rows = await sql<{ id: string }>(
    app,
    `SELECT id || ' ' || powens_connection_id || ' ' || owner_id AS id FROM powens_connection WHERE status = 'active' ORDER BY 1`,
  );
  return { users: users?.count ?? 0, connections: rows.map(({ id }) => id) };
}

/** What is left at Powens. */
export function atPowens({ sandbox }: FlowApp): { users: number; connections: number } {
  const ledger = sandbox.ledger();
  return {
    users: ledger.users.filter(({ deleted }) => !deleted).length,
    connections: ledger.connections.filter(({ deleted }) => !deleted).length,
  };
}

/** Compares owners one after the other; what cannot be compared is what this is about. */
export async function compareAll(app: FlowApp, owners: readonly string[]): Promise<void> {
  const service = app.app.get(ReconciliationService);
  for (const owner of owners) {
    await service.reconcile(owner).catch(() => null);
  }
}

function isList({ method, path }: PassingCall): boolean {
  return method === 'GET' && path === '/users/me/connections';
}

function isOne({ method, path }: PassingCall): boolean {
  return method === 'GET' && path.startsWith('/users/me/connections/');
}

function ofUser({ path }: PassingCall): boolean {
  return path.startsWith('/users/me');
}

function halved(body: string): string {
  const { connections = [], ...rest } = JSON.parse(body) as { connections?: unknown[] };
  return JSON.stringify({ ...rest, connections: connections.filter((_, index) => index % 2 === 1) });
}

/** By the token, so that the same people are found, and not found, at each look. */
function isUnlucky({ headers }: PassingCall): boolean {
  const token = headers.authorization ?? '';
  return token.charCodeAt(token.length - 1) % 4 !== 0;
}
