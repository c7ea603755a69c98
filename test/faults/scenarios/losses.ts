import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectionsModuleOptions } from 'nestjs-powens-connections';
import type { PowensSandbox } from 'powens-sandbox';
import { evidenceOf } from '../invariants/evidence.js';
import { violationsOf, type Violation } from '../invariants/invariants.js';
import type { Person } from '../people/person.js';
import { settle } from '../settle.js';
import { World } from '../world.js';
import { LIES, type Lie } from './lies.js';
import { reconcile, type Outcome, type Scenario, type Stage } from './scenario.js';
import { startStrangers, takenFromStrangers } from './strangers.js';

/** Out of use on one day at most, by the limit of the loss policy. */
const CAP = 3;
const LIVES = { short: 4, long: 8 };
/** Two looks, and one more for what they have put off. */
const ROUNDS = 3;
/** One look brings everything back; the next one sees that it stays. */
const ROUNDS_AFTERWARDS = 2;
/** A second look may be this late after the first: a day, in the small. */
const BETWEEN_LOOKS_MS = 1500;
const OPTIONS = {
  losses: { confirmAfterHours: 1 / 3600 },
} as Partial<ConnectionsModuleOptions>;

const REPLICAS = { '1 replica': 1, '6 replicas': 6, 'crash loop': 1 } as const;
type Topology = keyof typeof REPLICAS;

/** What each person's browser listed, id here by id at Powens. */
type Listed = ReadonlyMap<Person, ReadonlyMap<string, string>>;

/** People with banks, before anything is said of them. */
interface Town {
  readonly world: World;
  readonly strangers: PowensSandbox;
  readonly listed: Listed;
  close(): Promise<void>;
}

/** The provider says for a while that everybody's banks are gone. */
export const LOSSES: Scenario = {
  name: 'losses',
  isInShort: true,
  run: async (stage) => {
    const topologies = (Object.keys(REPLICAS) as Topology[]).filter(
      (topology) => !stage.isShort || topology !== '6 replicas',
    );
    const outcomes: Outcome[] = [];
    for (const topology of topologies) outcomes.push(...(await throughLies(stage, topology)));
    return [...outcomes, stage.report(await otherSettings(stage))];
  },
};

/** One town lives through all lies; where one did harm, the next one finds a new town. */
async function throughLies(stage: Stage, topology: Topology): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  let town: Town | null = null;
  try {
    for (const lie of liesFor(stage, topology)) {
      town ??= await found(stage, REPLICAS[topology]);
      const outcome = stage.report(await lied(town, { stage, lie, topology }));
      outcomes.push(outcome);
      if (outcome.violations.length > 0) {
        await town.close();
        town = null;
      }
    }
  } finally {
    await town?.close();
  }
  return outcomes;
}

/** Of a crash loop, the short sweep plays one. */
function liesFor({ isShort, match }: Stage, topology: Topology): readonly Lie[] {
  const lies = LIES.filter((lie) => (lie.isInShort || !isShort) && lie.name.includes(match));
  return isShort && topology === 'crash loop' ? lies.slice(0, 1) : lies;
}

async function found({ server, isShort }: Stage, replicas: number): Promise<Town> {
  const owners = isShort ? 8 : 20;
  const world = await World.create({ server, replicas, options: OPTIONS });
  const strangers = await startStrangers(owners);
  const close = async (): Promise<void> => {
    await strangers.close();
    await world.close();
  };
  await world.crowd.connect(owners, 4);
  // Some have two banks: of these a lie may leave out one.
  for (const person of world.crowd.people.slice(0, owners / 4)) await person.connectBank();
  await settle(world);
  return { world, strangers, listed: await listedBy(world), close };
}

async function lied(
  { world, strangers, listed }: Town,
  { stage, lie, topology }: { stage: Stage; lie: Lie; topology: Topology },
): Promise<Outcome> {
  const { random } = stage;
  await anotherDay(world);
  const [deletionsBefore, killsBefore] = [world.gate.deletions.length, world.fleet.kills];
  await world.sql('UPDATE powens_user SET renewable = $1', [lie.isRenewable !== false]);
  if (lie.isOtherDomain === true) world.gate.upstream = strangers.url;
  world.gate.rule = lie.rule(random);
  await (topology === 'crash loop' ? crashLoop(world, stage) : compare(world));
  const [lost, banks] = [await lostNow(world, listed), banksOf(listed).length];
  world.gate.upstream = world.sandbox.url;
  await world.heal();
  await compare(world, ROUNDS_AFTERWARDS);
  const open = await settle(world);
  const deletions = world.gate.deletions.slice(deletionsBefore);
  const violations: Violation[] = [
    ...of('at most the limit is out of use here', lost > CAP ? [`${lost} of ${banks} banks`] : []),
    ...of(
      'a lie deletes nothing at Powens',
      deletions.map(({ path }) => path),
    ),
    ...of('everything comes back under its old id', await notBack(world, listed)),
    ...of('everything ends', open),
    ...violationsOf(await evidenceOf(world)),
    ...(await takenFromStrangers(world, strangers)),
  ];
  const counts = {
    owners: listed.size,
    banks,
    'out of use': lost,
    'deleted at Powens': deletions.length,
    kills: world.fleet.kills - killsBefore,
  };
  return { name: `${lie.name}, ${topology}`, counts, violations };
}

/** The application is started with the settings of another environment: it must refuse. */
async function otherSettings(stage: Stage): Promise<Outcome> {
  const { world, strangers, listed, close } = await found(stage, 1);
  try {
    const { fleet, sandbox } = world;
    const before = strangers.ledger().tokens.length;
    await fleet.kill(0);
    fleet.change({ apiUrl: `${strangers.url}/2.0`, webviewUrl: strangers.url });
    const refusal = await fleet.startReplica(0).then(
      () => null,
      (error: unknown) => String(error),
    );
    fleet.change({ apiUrl: world.apiUrl, webviewUrl: sandbox.url });
    await world.heal();
    await settle(world);
    const asked = strangers.ledger().tokens.length - before;
    const violations = [
      ...of(
        'another domain is refused',
        refusal?.includes('belongs to') === true ? [] : [refusal ?? 'started'],
      ),
      ...of('strangers’ tokens are not asked for', asked > 0 ? [`${asked} tokens`] : []),
      ...of('everything comes back under its old id', await notBack(world, listed)),
      ...violationsOf(await evidenceOf(world)),
      ...(await takenFromStrangers(world, strangers)),
    ];
    return { name: 'started with another domain', counts: { owners: listed.size }, violations };
  } finally {
    await close();
  }
}

/** Every replica compares everybody, more than once, with time for a second look in between. */
async function compare(world: World, rounds = ROUNDS): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    await Promise.all(
      world.fleet.up.map(async (replica) => replica.ask({ name: 'reconcile' }).catch(() => undefined)),
    );
    await sleep(BETWEEN_LOOKS_MS);
  }
}

async function crashLoop(world: World, { random, isShort }: Stage): Promise<void> {
  for (let life = 0; life < (isShort ? LIVES.short : LIVES.long); life += 1) {
    const comparison = reconcile(world);
    await sleep(300 + random() * 1500);
    await world.fleet.kill(0);
    await comparison;
    await world.fleet.startReplica(0);
  }
}

/** What was taken out of use before does not count against the limit of today, and nobody waits for an outage of yesterday. */
async function anotherDay(world: World): Promise<void> {
  await world.sql(`UPDATE powens_loss SET granted_at = granted_at - interval '2 days'`);
  await world.sql(`UPDATE powens_user SET reconciled_at = reconciled_at - interval '2 days'`);
}

async function listedBy({ crowd }: World): Promise<Listed> {
  const listed = new Map<Person, ReadonlyMap<string, string>>();
  for (const person of crowd.people) listed.set(person, (await person.connections()) ?? new Map());
  return listed;
}

/** Connections that are out of use, by themselves or since their owner's token is. */
async function lostNow(world: World, before: Listed): Promise<number> {
  const rows = await world.sql<{ id: string }>(`
    SELECT kept.id FROM powens_connection kept JOIN powens_user owner ON owner.id = kept.user_id
    WHERE kept.status = 'active' AND owner.status = 'active' AND owner.sealed_token IS NOT NULL`);
  const inUse = new Set(rows.map(({ id }) => id));
  return banksOf(before).filter((id) => !inUse.has(id)).length;
}

function banksOf(listed: Listed): string[] {
  return [...listed.values()].flatMap((banks) => [...banks.values()]);
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

function of(invariant: string, whats: readonly string[]): Violation[] {
  return whats.map((what) => ({ invariant, what }));
}
