import { ReconciliationService } from 'nestjs-powens-connections';
import type { Ledger } from 'powens-sandbox';
import { attemptOf, sql } from '../flow/observe.js';
import { until } from '../flow/person.js';
import type { Act } from './acts.js';
import { keptToken, type UpstreamWorld } from './world.js';

/** What Powens had before a cell began: what it has more of is the cell's. */
export interface Before {
  readonly users: number;
  readonly codes: number;
}

/** What a cell may end with. */
export interface Allowed {
  /** How its attempt ends. */
  readonly end: 'connected' | 'failed' | 'unknown';
  /** Powens users with a token of whom nothing here can know. */
  readonly strangers: number;
}

interface Found {
  readonly ledger: Ledger;
  readonly userId: string | null;
  readonly connections: readonly { id: string; powens_connection_id: string; status: string }[];
  readonly events: readonly { type: string; connection_id: string | null; status: string }[];
  readonly token: string | null;
}

/** What is at Powens before a cell. */
export function beforeCell({ patient }: UpstreamWorld): Before {
  const { users, codes } = patient.sandbox.ledger();
  return { users: users.length, codes: codes.length };
}

/** Waits until sweeper and relay have nothing to do for an owner. */
export async function settled({ patient }: UpstreamWorld, owner: string): Promise<void> {
  const open = `
    SELECT 1 FROM powens_attempt WHERE owner_id = $1 AND status = 'claimed'
    UNION ALL SELECT 1 FROM powens_user WHERE owner_id = $1
      AND (status IN ('erasing', 'forgetting', 'revoking', 'provisioning') OR leased_until IS NOT NULL)
    UNION ALL SELECT 1 FROM powens_connection WHERE owner_id = $1 AND status = 'deleting' AND leased_until IS NOT NULL
    UNION ALL SELECT 1 FROM powens_outbox WHERE owner_id = $1 AND status = 'pending'`;
  await until(async () => (await sql(patient, open, [owner])).length === 0);
}

/** Everything that must not be, once all is well again and nothing is under way. */
export async function violationsOf(
  world: UpstreamWorld,
  { owner, act, before, allowed }: { owner: string; act: Act; before: Before; allowed: Allowed },
): Promise<string[]> {
  const found = await find(world, owner);
  return [
    ...atPowens(found, before, allowed),
    ...banks(found, act),
    ...(await differences(world, owner, found)),
    ...told(found),
    ...(await openLosses(world, owner)),
    ...(await untruths(act, allowed)),
  ];
}

async function find({ patient }: UpstreamWorld, owner: string): Promise<Found> {
  const [user] = await sql<{ powens_user_id: string }>(
    patient,
    `SELECT powens_user_id FROM powens_user WHERE owner_id = $1`,
    [owner],
  );
  return {
    ledger: patient.sandbox.ledger(),
    userId: user?.powens_user_id ?? null,
    connections: await sql(
      patient,
      'SELECT id, powens_connection_id, status FROM powens_connection WHERE owner_id = $1',
      [owner],
    ),
    events: await sql(
      patient,
      `SELECT type, payload::jsonb ->> 'connectionId' AS connection_id, status FROM powens_outbox WHERE owner_id = $1`,
      [owner],
    ),
    token: await keptToken(patient, owner),
  };
}

/** A comparison finds nothing to do. Without a token there is nothing to compare. */
async function differences({ patient }: UpstreamWorld, owner: string, { token }: Found): Promise<string[]> {
  if (token === null) return [];
  const { result, added, removed, missing } = await patient.app.get(ReconciliationService).reconcile(owner);
  const compared = `${result}, ${added} added, ${removed} removed, ${missing} missing`;
  return compared === 'compared, 0 added, 0 removed, 0 missing' ? [] : [`a comparison says ${compared}`];
}

/** Users, codes and tokens: nothing lives there that nothing here knows, and nothing was used twice. */
function atPowens({ ledger, userId, token }: Found, before: Before, allowed: Allowed): string[] {
  const made = ledger.users.slice(before.users).filter(({ temporary, deleted }) => !temporary && !deleted);
  const strangers = made.filter(({ id }) => String(id) !== userId);
  const living = ledger.tokens.filter(
    ({ idUser, revoked }) => !revoked && made.some(({ id }) => id === idUser),
  );
  const unknown = living.filter((one) => one.token !== token);
  return [
    ...ledger.codes
      .slice(before.codes)
      .filter(({ exchanges }) => exchanges > 1)
      .map(({ exchanges }) => `a code was exchanged ${exchanges} times`),
    ...strangers.slice(allowed.strangers).map(({ id }) => `Powens user ${id} is known to no row`),
    ...unknown
      .slice(allowed.strangers)
      .map(({ idUser }) => `a living token of Powens user ${idUser} is known to no row`),
    ...(token !== null && !living.some((one) => one.token === token) ? ['the token kept is dead'] : []),
  ];
}

/** Every bank that was connected is there and in use, what was given up is neither, and there is nothing else. */
function banks({ ledger, connections, userId }: Found, act: Act): string[] {
  const statusOf = new Map(connections.map((row) => [row.powens_connection_id, row.status]));
  const isThere = (bank: string): boolean =>
    ledger.connections.some(
      ({ id, idUser, deleted }) => String(id) === bank && !deleted && String(idUser) === userId,
    );
  const expected = new Set([...act.banks, ...(act.givenUp ?? [])]);
  return [
    ...act.banks.flatMap((bank) => [
      ...(isThere(bank) ? [] : [`bank ${bank} is not at Powens as this owner's`]),
      ...(statusOf.get(bank) === 'active' ? [] : [`bank ${bank} is ${statusOf.get(bank) ?? 'unknown'} here`]),
    ]),
    ...(act.givenUp ?? []).flatMap((bank) => [
      ...(ledger.connections.some(({ id, deleted }) => String(id) === bank && !deleted)
        ? [`bank ${bank} is still at Powens`]
        : []),
      ...(statusOf.has(bank) ? [`bank ${bank} is ${statusOf.get(bank) ?? ''} here`] : []),
    ]),
    ...[...statusOf.keys()]
      .filter((bank) => !expected.has(bank))
      .map((bank) => `bank ${bank} is ${statusOf.get(bank) ?? ''} here, and nobody connected it`),
  ];
}

/** Every event is delivered, and every connection in use was told of once. */
function told({ events, connections }: Found): string[] {
  const times = (id: string): number =>
    events.filter((event) => event.type === 'connection.created' && event.connection_id === id).length;
  return [
    ...events
      .filter(({ status }) => status !== 'delivered')
      .map(({ type, status }) => `${type} is ${status}`),
    ...connections
      .filter(({ id, status }) => status === 'active' && times(id) !== 1)
      .map(({ id }) => `connection ${id} was told of ${times(id)} times`),
  ];
}

async function openLosses({ patient }: UpstreamWorld, owner: string): Promise<string[]> {
  const rows = await sql<{ subject: string; status: string }>(
    patient,
    `SELECT subject, status FROM powens_loss WHERE status <> 'recovered'
     AND user_id IN (SELECT id FROM powens_user WHERE owner_id = $1)`,
    [owner],
  );
  return rows.map(({ subject, status }) => `the loss of a ${subject} is ${status}`);
}

async function untruths({ attempt }: Act, { end }: Allowed): Promise<string[]> {
  if (attempt === undefined) return [];
  const { status, error } = await attemptOf(attempt.browser, attempt.id);
  return status === end ? [] : [`the attempt is ${status} (${error ?? ''}), not ${end}`];
}
