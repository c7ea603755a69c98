import {
  leftBehind,
  livingUsers,
  liveTokens,
  unknownWithGoodCode,
  usersOf,
  type Evidence,
} from './evidence.js';

/** Something that must never be, by the name of the invariant. */
export interface Violation {
  readonly invariant: string;
  readonly what: string;
}

type Check = (evidence: Evidence) => readonly string[];

/** What must hold whenever nothing is under way, whatever died, was silent or lied before. */
const INVARIANTS: Readonly<Record<string, Check>> = {
  'a code is sent twice at most, the second time as its one recovery': ({ codesSent }) =>
    [...codesSent.values()].filter((times) => times > 2).map((times) => `a code was sent ${times} times`),
  'a code is exchanged once': ({ ledger }) =>
    ledger.codes
      .filter(({ exchanges }) => exchanges > 1)
      .map(({ idUser, exchanges }) => `a code of Powens user ${idUser} was exchanged ${exchanges} times`),
  'connected means that there is a row': connectedWithoutRow,
  'a row that is in use opens to a living token of its own Powens user': deadTokens,
  'every living token is known here, or its user is counted as left behind': (evidence) => {
    const kept = new Set(evidence.tokens.values());
    const left = leftBehind(evidence);
    return [...liveTokens(evidence)]
      .filter(([digest, user]) => !kept.has(digest) && !left.has(user))
      .map(([, user]) => `a living token of Powens user ${user} is known to no row`);
  },
  'every Powens user is known here, or counted as left behind': unknownUsers,
  'nothing is deleted at Powens that no owner asked for': deletedUnasked,
  'every event is delivered': undelivered,
  'every connection was told of': ({ connections, events }) => {
    const told = new Set(
      events.filter(({ type }) => type === 'connection.created').map((event) => event.connectionId),
    );
    return connections
      .filter(({ id, status }) => status === 'active' && !told.has(id))
      .map(({ id }) => `connection ${id}`);
  },
  'nobody sees the data of a stranger': strangers,
  'every browser is told the truth': untruths,
  'no replica ends by itself': ({ replicaEndings }) => replicaEndings,
};

/** Everything that does not hold. */
export function violationsOf(evidence: Evidence): Violation[] {
  return Object.entries(INVARIANTS).flatMap(([invariant, check]) =>
    check(evidence).map((what) => ({ invariant, what })),
  );
}

export const INVARIANT_COUNT = Object.keys(INVARIANTS).length;

function connectedWithoutRow({ attempts, connections, users }: Evidence): string[] {
  const rows = new Set(connections.map(({ id }) => id));
  const owners = new Set(users.map(({ owner_id: owner }) => owner));
  return attempts
    .filter(({ status }) => status === 'connected')
    .filter(({ owner_id: owner, connection_ids: json }) => {
      const ids = JSON.parse(json) as string[];
      return !owners.has(owner) || ids.length === 0 || ids.some((id) => !rows.has(id));
    })
    .map(({ id, owner_id: owner }) => `attempt ${id} of ${owner}`);
}

function deadTokens(evidence: Evidence): string[] {
  const living = liveTokens(evidence);
  return evidence.users
    .filter(({ status }) => status === 'active')
    .flatMap(({ owner_id: owner, powens_user_id: user }) => {
      const digest = evidence.tokens.get(owner) ?? null;
      const of = digest === null ? undefined : living.get(digest);
      return String(of) === user ? [] : [`${owner}: token of ${of ?? 'nobody'}, row of ${user ?? 'nobody'}`];
    });
}

function unknownUsers(evidence: Evidence): string[] {
  const known = new Set(evidence.users.map(({ powens_user_id: id }) => id));
  const left = leftBehind(evidence);
  return [...livingUsers(evidence)]
    .filter((id) => !known.has(String(id)) && !left.has(id))
    .map((id) => `Powens user ${id}`);
}

/** A visit that failed for good may take back what it made itself. */
function deletedUnasked(evidence: Evidence): string[] {
  const given = new Set(
    evidence.visits.filter(({ status }) => status !== 'connected').map((visit) => visit.powensConnectionId),
  );
  const { ledger } = evidence;
  const lost = ledger.connections.filter(({ id, deleted }) => deleted && !given.has(String(id)));
  const users = new Set(lost.map(({ idUser }) => idUser));
  return [
    ...lost.map(({ id, idUser }) => `connection ${id} of Powens user ${idUser}`),
    ...ledger.users
      .filter(({ id, deleted }) => deleted && users.has(id))
      .map(({ id }) => `Powens user ${id}`),
  ];
}

function undelivered({ messages, events }: Evidence): string[] {
  const delivered = new Set(events.map(({ id }) => id));
  return messages
    .filter(({ id, status }) => status !== 'delivered' || !delivered.has(id))
    .map(({ id, type, status }) => `${type} ${id} is ${status}`);
}

function strangers(evidence: Evidence): string[] {
  const own = usersOf(evidence);
  const mine = new Map<string, Set<string>>();
  for (const { owner, powensConnectionId } of evidence.visits) {
    mine.set(owner, (mine.get(owner) ?? new Set()).add(powensConnectionId));
  }
  const living = liveTokens(evidence);
  return [
    ...evidence.users
      .filter(
        ({ owner_id: owner, powens_user_id: user }) =>
          user !== null && own.get(owner)?.has(Number(user)) === false,
      )
      .map(({ owner_id: owner, powens_user_id: user }) => `the row of ${owner} names Powens user ${user}`),
    ...[...evidence.tokens].flatMap(([owner, digest]) => {
      const user = digest === null ? undefined : living.get(digest);
      return user === undefined || own.get(owner)?.has(user) !== false
        ? []
        : [`${owner} has a token of Powens user ${user}`];
    }),
    ...evidence.connections
      .filter(({ owner_id: owner, powens_connection_id: id }) => mine.get(owner)?.has(id) !== true)
      .map(
        ({ owner_id: owner, powens_connection_id: id }) => `${owner} has connection ${id} of somebody else`,
      ),
  ];
}

/** Times that a code is sent at most. */
const MAX_EXCHANGES = 2;

/**
 * `unknown` only where Powens has used the code up, or where both times that it may be sent were lost on the way: from here, that looks
 * the same. Nothing odd on the way.
 */
function untruths(evidence: Evidence): string[] {
  const exchanges = new Map(evidence.attempts.map((attempt) => [attempt.id, attempt.exchanges]));
  return [
    ...evidence.people.flatMap(({ owner, oddAnswers }) => oddAnswers.map((what) => `${owner}: ${what}`)),
    ...unknownWithGoodCode(evidence)
      .filter(({ attemptId }) => (exchanges.get(attemptId) ?? 0) < MAX_EXCHANGES)
      .map(({ owner }) => `${owner} is told unknown, and its code is good`),
    ...evidence.visits
      .filter(({ status }) => status !== 'connected' && status !== 'unknown')
      .map(
        ({ owner, status, answers }) =>
          `${owner} finished at the bank and is told ${status ?? 'nothing'} (${answers.join()})`,
      ),
  ];
}
