import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectionsModuleOptions } from 'nestjs-powens-connections';
import { startPowensSandbox, type PowensSandbox } from 'powens-sandbox';
import { digestOf, evidenceOf } from '../invariants/evidence.js';
import { violationsOf, type Violation } from '../invariants/invariants.js';
import type { Person } from '../people/person.js';
import { settle } from '../settle.js';
import { World } from '../world.js';
import { LIES, type Lie } from './lies.js';
import { reconcile, type Outcome, type Scenario, type Stage } from './scenario.js';

/** Erased on one day at most, by the cap of the loss policy. */
const CAP = 3;
const LIVES = 8;
const ROUNDS = 4;
/** A second look may be this late after the first: a day, in the small. */
const BETWEEN_LOOKS_MS = 1500;
const OPTIONS = {
  losses: { confirmAfterHours: 1 / 3600 },
} as Partial<ConnectionsModuleOptions>;

type Topology = '1 replica' | '6 replicas' | 'crash loop of 8 lives';

/** What each person's browser listed, id here by id at Powens. */
type Listed = ReadonlyMap<Person, ReadonlyMap<string, string>>;

/** The provider says for a while that everybody's banks are gone. */
export const LOSSES: Scenario = {
  name: 'losses',
  isInShort: true,
  run: async (stage) => {
    const { isShort } = stage;
    const topologies: readonly Topology[] = isShort
      ? ['1 replica', 'crash loop of 8 lives']
      : ['1 replica', '6 replicas', 'crash loop of 8 lives'];
    const outcomes: Outcome[] = [];
    for (const topology of topologies) {
      for (const lie of LIES) {
        if (lie.isInShort || !isShort) outcomes.push(stage.report(await lied(stage, lie, topology)));
      }
    }
    return outcomes;
  },
};

async function lied(stage: Stage, lie: Lie, topology: Topology): Promise<Outcome> {
  const { server, isShort, random } = stage;
  const owners = isShort ? 8 : 60;
  const world = await World.create({
    server,
    replicas: topology === '6 replicas' ? 6 : 1,
    options: OPTIONS,
  });
  const others = await startPowensSandbox();
  try {
    await world.crowd.connect(owners, 4);
    await settle(world);
    if (lie.isOtherDomain === true) {
      await populate(others, owners);
      world.gate.upstream = others.url;
    }
    const before = await listedBy(world);
    world.gate.rule = lie.rule(random);
    await (topology === 'crash loop of 8 lives' ? crashLoop(world, random) : compare(world));
    const lost = await lostNow(world, before);
    world.gate.upstream = world.sandbox.url;
    await world.heal();
    await compare(world);
    const open = await settle(world);
    const violations: Violation[] = [
      ...(lost > CAP
        ? [{ invariant: 'at most the cap is erased here', what: `${lost} of ${owners} owners` }]
        : []),
      ...world.gate.deletions.map(({ path }) => ({
        invariant: 'a lie deletes nothing at Powens',
        what: path,
      })),
      ...(await notBack(world, before)).map((what) => ({
        invariant: 'everything comes back under its old id',
        what,
      })),
      ...open.map((what) => ({ invariant: 'everything ends', what })),
      ...violationsOf(await evidenceOf(world)),
      ...(await ofOthers(world, others)),
    ];
    const { kills } = world.fleet;
    return { name: `${lie.name}, ${topology}`, counts: { owners, lost, kills }, violations };
  } finally {
    await others.close();
    await world.close();
  }
}

/** Every replica compares everybody, more than once, with time for a second look in between. */
async function compare(world: World): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    await Promise.all(
      world.fleet.up.map(async (replica) => replica.ask({ name: 'reconcile' }).catch(() => undefined)),
    );
    await sleep(BETWEEN_LOOKS_MS);
  }
}

async function crashLoop(world: World, random: () => number): Promise<void> {
  for (let life = 0; life < LIVES; life += 1) {
    const comparison = reconcile(world);
    await sleep(300 + random() * 1500);
    await world.fleet.kill(0);
    await comparison;
    await world.fleet.startReplica(0);
  }
}

/** The same number of people with the same numbers, at another client application's domain. */
async function populate(others: PowensSandbox, owners: number): Promise<void> {
  for (let index = 0; index < owners * 2; index += 1) {
    const { client } = others;
    const answer = await fetch(`${others.url}/2.0/auth/init`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ client_id: client.clientId, client_secret: client.clientSecret }),
    });
    if (!answer.ok) throw new Error(`no stranger ${index}: ${answer.status}`);
  }
}

async function listedBy({ crowd }: World): Promise<Listed> {
  const listed = new Map<Person, ReadonlyMap<string, string>>();
  for (const person of crowd.people) listed.set(person, (await person.connections()) ?? new Map());
  return listed;
}

/** Owners who lost a connection or the ciphertext of their token. */
async function lostNow(world: World, before: Listed): Promise<number> {
  const kept = await world.sql<{ owner: string }>(
    `SELECT owner_id AS owner FROM powens_user WHERE sealed_token IS NOT NULL`,
  );
  const withToken = new Set(kept.map(({ owner }) => owner));
  const connections = await world.sql<{ id: string }>(
    `SELECT id FROM powens_connection WHERE status = 'active'`,
  );
  const active = new Set(connections.map(({ id }) => id));
  return [...before].filter(
    ([{ owner }, listed]) => !withToken.has(owner) || [...listed.values()].some((id) => !active.has(id)),
  ).length;
}

async function notBack(world: World, before: Listed): Promise<string[]> {
  const after = await listedBy(world);
  return [...before].flatMap(([person, listed]) => {
    const now = after.get(person) ?? new Map<string, string>();
    return [...listed]
      .filter(([powensId, id]) => now.get(powensId) !== id)
      .map(
        ([powensId, id]) =>
          `${person.owner}: connection ${powensId} was ${id}, is ${now.get(powensId) ?? 'gone'}`,
      );
  });
}

/** Tokens that the other environment gave out are strangers'; what is deleted there is strangers', too. */
async function ofOthers(world: World, others: PowensSandbox): Promise<Violation[]> {
  const { tokens, users } = others.ledger();
  const strange = new Set(tokens.map(({ token }) => digestOf(token)));
  const { tokens: kept } = await evidenceOf(world);
  const invariant = 'nobody sees the data of a stranger';
  return [
    ...[...kept]
      .filter(([, digest]) => digest !== null && strange.has(digest))
      .map(([owner]) => ({ invariant, what: `${owner} has a token of the other environment` })),
    ...users
      .filter(({ deleted }) => deleted)
      .map(({ id }) => ({ invariant, what: `user ${id} of the other environment was deleted` })),
  ];
}
