import type { CrashWorld } from './world.js';

interface EventRow {
  id: string;
  type: string;
  payload: string;
}

interface Fact {
  readonly id: string;
  readonly type: string;
  readonly ownerId: string;
  readonly connectionId: string | null;
  readonly attemptId: string | null;
}

/**
 * What must hold whenever nothing is under way, whatever died before. Empty when it does.
 *
 * - each live permanent token is the one that a row keeps, and no row keeps a dead one as live (I1, I2);
 * - no row is half way; no code was exchanged twice;
 * - each fact was told by one event, and that was delivered.
 */
export async function violations(world: CrashWorld): Promise<string[]> {
  return [
    ...(await world.unsettled()).map((what) => `not finished: ${what}`),
    ...(await ofTokens(world)),
    ...world.sandbox
      .ledger()
      .codes.filter(({ exchanges }) => exchanges > 1)
      .map(({ idUser }) => `a code of Powens user ${idUser} was exchanged twice`),
    ...(await ofEvents(world)),
  ];
}

/** Live tokens that no row can give back, by digest. */
export async function orphans(world: CrashWorld): Promise<Map<string, string>> {
  const kept = new Set((await keptTokens(world)).values());
  return new Map([...world.liveTokens()].filter(([digest]) => !kept.has(digest) && !world.lost.has(digest)));
}

async function keptTokens(world: CrashWorld): Promise<Map<string, string>> {
  const rows = await world.sql<{ owner_id: string }>(
    `SELECT owner_id FROM powens_user WHERE status = 'active'`,
  );
  const owners = rows.map(({ owner_id: owner }) => owner);
  const digests = (await world.call('tokens', ...owners)) as string[];
  return new Map(owners.map((owner, index) => [owner, digests[index] ?? '']));
}

async function ofTokens(world: CrashWorld): Promise<string[]> {
  const live = world.liveTokens();
  const dead = [...(await keptTokens(world))].filter(([, digest]) => !live.has(digest));
  return [
    ...dead.map(([owner]) => `the row of ${owner} holds a dead token as live`),
    ...[...(await orphans(world)).values()].map(
      (user) => `a live token of Powens user ${user} is known to no row`,
    ),
  ];
}

async function ofEvents(world: CrashWorld): Promise<string[]> {
  const rows = await world.sql<EventRow>('SELECT id, type, payload FROM powens_outbox');
  const delivered = world.deliveries();
  const deliveredIds = new Set(delivered.map(({ id }) => id));
  const undelivered = rows.filter(({ id }) => !deliveredIds.has(id));
  const byFact = new Map<string, Set<string>>();
  for (const event of [...rows.map(({ payload }) => JSON.parse(payload) as Fact), ...delivered]) {
    const fact = factOf(event);
    byFact.set(fact, (byFact.get(fact) ?? new Set()).add(event.id));
  }
  const connections = await world.sql<{ id: string }>('SELECT id FROM powens_connection');
  const created = new Set(delivered.filter(({ type }) => type === 'connection.created').map(idOf));
  return [
    ...undelivered.map(({ type }) => `an event ${type} was never delivered`),
    ...[...byFact]
      .filter(([, ids]) => ids.size > 1)
      .map(([fact, ids]) => `${fact} was told by ${ids.size} events`),
    ...connections.filter(({ id }) => !created.has(id)).map(({ id }) => `connection ${id} was never told of`),
  ];
}

function idOf({ connectionId }: Fact): string | null {
  return connectionId;
}

function factOf({ type, ownerId, connectionId, attemptId }: Fact): string {
  return [type, ownerId, connectionId, attemptId].join(' ');
}
