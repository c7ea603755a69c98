import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../proxies/fault-proxy.js';
import { World } from '../world.js';
import { judge, until, type Outcome, type Scenario, type Stage } from './scenario.js';

/** Something that happens while people are under way. */
interface Trouble {
  readonly name: string;
  readonly isInShort: boolean;
  happen(world: World, stage: Stage): Promise<void>;
}

const PEOPLE_AT_A_TIME = 4;

/** The network between replicas and the database, and between replicas and the provider. */
const NETWORK: readonly (readonly [string, Fault, boolean])[] = [
  ['refused', { kind: 'refuse' }, true],
  ['silent', { kind: 'silence' }, true],
  ['slow', { kind: 'delay', ms: 150 }, false],
  ['cut on the way up', { kind: 'cut', way: 'up', below: 1500 }, true],
  ['cut on the way down', { kind: 'cut', way: 'down', below: 1500 }, true],
  ['reset', { kind: 'reset' }, true],
];
/** A silence of the long sweep is longer than any deadline. */
const MS = { short: 1500, long: 5000, longSilence: 25_000 };

function onLink(link: 'database' | 'provider'): Trouble[] {
  return NETWORK.map(([name, fault, isInShort]) => ({
    name: `${link} ${name}`,
    isInShort,
    happen: async ({ links }, { isShort }) => {
      const ms = isShort ? MS.short : fault.kind === 'silence' ? MS.longSilence : MS.long;
      const times = fault.kind === 'reset' ? 5 : 1;
      for (let time = 0; time < times; time += 1) {
        await links[link].begin(fault);
        await sleep(ms / times);
      }
      await links[link].end();
    },
  }));
}

const DATABASE: readonly Trouble[] = [
  {
    name: 'sessions terminated as they come',
    isInShort: true,
    happen: async (world) => {
      for (let round = 0; round < 60; round += 1) {
        await world.sql(TERMINATE);
        await sleep(40);
      }
    },
  },
  {
    name: 'database read-only (failover to a standby)',
    isInShort: true,
    happen: async (world) => {
      await world.sql('ALTER SYSTEM SET default_transaction_read_only = on');
      await world.sql('SELECT pg_reload_conf()');
      await sleep(4000);
      await world.sql('ALTER SYSTEM RESET default_transaction_read_only');
      await world.sql('SELECT pg_reload_conf()');
    },
  },
  {
    name: 'database killed and started again',
    isInShort: true,
    happen: async ({ server }) => {
      await server.kill();
      await sleep(1500);
      await server.startAgain();
    },
  },
  {
    name: 'a table locked for 4 s',
    isInShort: false,
    happen: async (world) => {
      await world.sql(
        'BEGIN; LOCK TABLE powens_attempt IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(4); COMMIT',
      );
    },
  },
  {
    name: 'statements cancelled',
    isInShort: false,
    happen: async (world) => {
      for (let round = 0; round < 60; round += 1) {
        await world.sql(TERMINATE.replace('pg_terminate_backend', 'pg_cancel_backend'));
        await sleep(40);
      }
    },
  },
];

const TERMINATE = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'replica-%'`;

/** Faults of the network and of the database, each while people connect banks; two replicas live through all of them. */
export const LINKS: Scenario = {
  name: 'links',
  isInShort: true,
  run: async (stage) => {
    const troubles = [...onLink('database'), ...DATABASE, ...onLink('provider')];
    return throughAll(
      stage,
      troubles.filter(({ isInShort }) => isInShort || !stage.isShort),
    );
  },
};

async function throughAll(stage: Stage, troubles: readonly Trouble[]): Promise<Outcome[]> {
  const { server, isShort, random } = stage;
  const outcomes: Outcome[] = [];
  const seen = new Set<string>();
  const world = await World.create({ server, replicas: 2, random });
  try {
    for (const trouble of troubles) {
      let isOver = false;
      const before = world.crowd.people.length;
      const least = before + (isShort ? 8 : 30);
      const people = world.crowd.connectUntil(
        PEOPLE_AT_A_TIME,
        () => isOver && world.crowd.people.length >= least,
      );
      await until(() => world.crowd.people.length > before + PEOPLE_AT_A_TIME + 1, 'the first people');
      await trouble.happen(world, stage);
      isOver = true;
      await people;
      const outcome = await judge(world, trouble.name, trouble === troubles.at(-1));
      // What was wrong before is told where it began.
      const fresh = outcome.violations.filter(({ invariant, what }) => !seen.has(`${invariant}: ${what}`));
      for (const { invariant, what } of fresh) seen.add(`${invariant}: ${what}`);
      const counts = { ...outcome.counts, people: world.crowd.people.length - before };
      outcomes.push(stage.report({ ...outcome, counts, violations: fresh }));
    }
  } finally {
    await world.close();
  }
  return outcomes;
}
