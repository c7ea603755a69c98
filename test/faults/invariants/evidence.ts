import { createHash } from 'node:crypto';
import type { ConnectionEvent } from 'nestjs-powens-connections';
import type { Ledger } from 'powens-sandbox';
import type { Person, Visit } from '../people/person.js';
import type { Asked } from '../proxies/provider-gate.js';
import type { World } from '../world.js';

/** A row of `powens_user`. */
export interface UserRow {
  readonly owner_id: string;
  readonly powens_user_id: string | null;
  readonly status: string;
  readonly status_reason: string | null;
}

/** A row of `powens_connection`. */
export interface ConnectionRow {
  readonly id: string;
  readonly owner_id: string;
  readonly powens_connection_id: string;
  readonly status: string;
}

/** Everything that can be known after a run: the provider's ledger, the database, what handlers wrote, what people saw. */
export interface Evidence {
  readonly ledger: Ledger;
  readonly codesSent: ReadonlyMap<string, number>;
  readonly deletions: readonly Asked[];
  readonly users: readonly UserRow[];
  readonly connections: readonly ConnectionRow[];
  readonly attempts: readonly {
    readonly id: string;
    readonly owner_id: string;
    readonly status: string;
    /** Times that its code was sent, as far as its processes could tell. */
    readonly exchanges: number;
    readonly connection_ids: string;
  }[];
  readonly messages: readonly { readonly id: string; readonly type: string; readonly status: string }[];
  readonly events: readonly ConnectionEvent[];
  readonly people: readonly Person[];
  readonly visits: readonly (Visit & { readonly owner: string })[];
  /** Digest of the token that each owner's row gives. */
  readonly tokens: ReadonlyMap<string, string | null>;
  readonly replicaEndings: readonly string[];
  /** Powens users that the comparison listed as unknown here; null when there was none. */
  readonly orphans: ReadonlySet<number> | null;
}

/**
 * Gathers it.
 *
 * @param orphans - what a comparison listed before
 */
export async function evidenceOf(
  world: World,
  orphans: ReadonlySet<number> | null = null,
): Promise<Evidence> {
  const { gate, crowd, fleet } = world;
  const users = await world.sql<UserRow>(
    'SELECT owner_id, powens_user_id, status, status_reason FROM powens_user',
  );
  const owners = users.filter(({ status }) => status === 'active').map(({ owner_id: owner }) => owner);
  const digests = (await fleet.ask({ name: 'tokens', owners })) as (string | null)[];
  return {
    ledger: world.sandbox.ledger(),
    codesSent: gate.codesSent,
    deletions: gate.deletions,
    users,
    connections: await world.sql('SELECT id, owner_id, powens_connection_id, status FROM powens_connection'),
    attempts: await world.sql('SELECT id, owner_id, status, exchanges, connection_ids FROM powens_attempt'),
    messages: await world.sql('SELECT id, type, status FROM powens_outbox'),
    events: world.events(),
    people: crowd.people,
    visits: crowd.people.flatMap(({ owner, visits }) => visits.map((visit) => ({ ...visit, owner }))),
    tokens: new Map(owners.map((owner, index) => [owner, digests[index] ?? null])),
    replicaEndings: fleet.ownEndings,
    orphans,
  };
}

/** Powens users that live for good: temporary ones end by themselves. */
export function livingUsers({ ledger }: Evidence): Set<number> {
  return new Set(ledger.users.filter(({ temporary, deleted }) => !temporary && !deleted).map(({ id }) => id));
}

/** Live tokens of such users, by digest. */
export function liveTokens(evidence: Evidence): Map<string, number> {
  const living = livingUsers(evidence);
  return new Map(
    evidence.ledger.tokens.flatMap(({ token, idUser, revoked }) =>
      !revoked && idUser !== null && living.has(idUser) ? [[digestOf(token), idUser] as const] : [],
    ),
  );
}

/**
 * Powens users that a process made and took to its grave: no row can know them. Each is counted here all the same, by an attempt
 * that ended `unknown` or by a tombstone of its reservation, and the comparison lists it. Others are not among them.
 */
export function leftBehind(evidence: Evidence): Set<number> {
  const { ledger, users, visits, orphans } = evidence;
  const rows = new Set(users.map(({ powens_user_id: id }) => id));
  const unknown = new Set(
    visits.filter(({ status }) => status === 'unknown').map((visit) => visit.powensConnectionId),
  );
  let reservations = users.filter(({ status_reason: reason }) => reason === 'answer_lost').length;
  const banks = new Map<number, string[]>();
  for (const { id, idUser } of ledger.connections) {
    banks.set(idUser, [...(banks.get(idUser) ?? []), String(id)]);
  }
  return new Set(
    [...livingUsers(evidence)]
      .filter((id) => !rows.has(String(id)) && orphans?.has(id) !== false)
      .filter((id) => banks.get(id)?.every((bank) => unknown.has(bank)) ?? reservations-- > 0),
  );
}

/** Visits that ended `unknown` although their code is good. */
export function unknownWithGoodCode({ ledger, visits }: Evidence): Evidence['visits'] {
  const burnt = new Set(ledger.codes.filter(({ exchanges }) => exchanges > 0).map(({ code }) => code));
  return visits.filter(({ status, code }) => status === 'unknown' && !burnt.has(code ?? ''));
}

/** Powens users whose bank an owner connected, as the provider knows it. */
export function usersOf(evidence: Evidence): Map<string, Set<number>> {
  const userOf = new Map(evidence.ledger.connections.map(({ id, idUser }) => [String(id), idUser]));
  const found = new Map<string, Set<number>>();
  for (const { owner, powensConnectionId } of evidence.visits) {
    const user = userOf.get(powensConnectionId);
    if (user !== undefined) found.set(owner, (found.get(owner) ?? new Set()).add(user));
  }
  return found;
}

export function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
