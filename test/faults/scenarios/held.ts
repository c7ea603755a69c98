import { randomBytes } from 'node:crypto';
import type { Violation } from '../invariants/invariants.js';
import type { Asked, Held, HoldingPoint } from '../proxies/provider-gate.js';
import { endLeases, settle } from '../settle.js';
import { World } from '../world.js';
import { judge, type Outcome, type Stage } from './scenario.js';

const ROUNDS = { short: 1, long: 10 };

/** Where a replica stops: its request is on the way to the provider, or the answer is on the way back. */
interface Moment {
  readonly name: string;
  readonly point: HoldingPoint;
  isOf(asked: Asked): boolean;
}

const isExchange = ({ path }: Asked): boolean => path === '/auth/token/access';
const isRead = ({ method, path }: Asked): boolean =>
  method === 'GET' && /^\/users\/me\/connections\/\d+$/.test(path);

/** With how the person's attempt must end: an exchange whose answer nobody got has used the code up. */
const OF_CALLBACKS: readonly (Moment & { readonly ends: string })[] = [
  { name: 'before the exchange', point: 'before', isOf: isExchange, ends: 'connected' },
  { name: 'after the exchange', point: 'after', isOf: isExchange, ends: 'unknown' },
  { name: 'while the bank is read', point: 'after', isOf: isRead, ends: 'connected' },
];

/** What happens to the replica, and how it comes back once another one has done its work. */
interface Blow {
  strike(world: World): Promise<void>;
  recover(world: World, held: Held): Promise<void>;
}

const STOP: Blow = {
  strike: async ({ fleet }) => Promise.resolve(fleet.replica(0)?.stopped(true)),
  recover: wake,
};

const KILL: Blow = {
  strike: async ({ fleet }) => fleet.kill(0),
  recover: async ({ fleet }, held) => {
    held.release();
    await fleet.startReplica(0);
    fleet.route(0, 1);
  },
};

/**
 * A replica stops in the middle of a callback for longer than its leases, and wakes up when another one has completed it; or it is
 * killed there, and what it had obtained and not kept must be counted.
 */
export async function struckInCallback({ server, isShort }: Stage): Promise<Outcome> {
  const rounds = isShort ? ROUNDS.short : ROUNDS.long;
  const world = await World.create({ server, replicas: 2 });
  try {
    const violations: Violation[] = [];
    for (let round = 0; round < rounds; round += 1) {
      for (const moment of OF_CALLBACKS) {
        for (const blow of [STOP, KILL]) violations.push(...(await inCallback(world, moment, blow)));
      }
    }
    const name = `SIGSTOP and kill -9 in a callback, ${rounds} x ${OF_CALLBACKS.length} moments each`;
    const outcome = await judge(world, name);
    return { ...outcome, violations: [...violations, ...outcome.violations] };
  } finally {
    await world.close();
  }
}

async function inCallback(
  world: World,
  moment: (typeof OF_CALLBACKS)[number],
  blow: Blow,
): Promise<Violation[]> {
  const { crowd, fleet, gate } = world;
  fleet.route(0);
  const held = gate.hold(moment.point, moment.isOf);
  const going = crowd.connect(1, 1);
  await held.arrived;
  await blow.strike(world);
  fleet.route(1);
  await endLeases(world);
  await going;
  const open = await settle(world);
  await blow.recover(world, held);
  const status = crowd.people.at(-1)?.visits[0]?.status ?? 'nothing';
  return [
    ...open.map((what) => ({ invariant: 'everything ends', what: `${moment.name}: ${what}` })),
    ...ifNot(status === moment.ends, `${moment.name}: the person is told ${status}, not ${moment.ends}`),
  ];
}

/** A replica stops while it processes a webhook; another one does it, and what is answered to the first is old by then. */
export async function stoppedInWebhook({ server, isShort }: Stage): Promise<Outcome> {
  const rounds = isShort ? ROUNDS.short : ROUNDS.long;
  const secret = randomBytes(24).toString('hex');
  const world = await World.create({
    server,
    replicas: 2,
    options: { webhooks: { auth: { type: 'hmac', secrets: secret }, pollIntervalMs: 200 } },
  });
  try {
    world.sandbox.webhooks.register({
      event: 'CONNECTION_SYNCED',
      url: `${world.fleet.url}/connections/webhooks/connection-synced`,
      auth: { type: 'hmac_signature', secret },
    });
    const violations: Violation[] = [];
    for (let round = 0; round < rounds; round += 1) violations.push(...(await inWebhook(world)));
    const outcome = await judge(world, `SIGSTOP while a webhook is processed, ${rounds} times`);
    return { ...outcome, violations: [...violations, ...outcome.violations] };
  } finally {
    await world.close();
  }
}

async function inWebhook(world: World): Promise<Violation[]> {
  const { crowd, fleet, gate, sandbox } = world;
  await crowd.connect(1, 1);
  await sandbox.webhooks.idle();
  await settle(world);
  const bank = crowd.people.at(-1)?.visits[0]?.powensConnectionId ?? '';
  const before = world.events().length;

  // Only one replica is there, so that it is the one that processes.
  await fleet.kill(1);
  const held = gate.hold('after', isRead);
  await inState(world, bank, 'wrongpass');
  await held.arrived;
  fleet.replica(0)?.stopped(true);
  fleet.route(1);
  await fleet.startReplica(1);
  await inState(world, bank, 'actionNeeded');
  await sandbox.webhooks.idle();
  await endLeases(world);
  const open = await settle(world);
  await wake(world, held);
  await settle(world);

  const [row] = await world.sql<{ state: string | null }>(
    'SELECT state FROM powens_connection WHERE powens_connection_id = $1',
    [bank],
  );
  const told = new Map(
    world
      .events()
      .slice(before)
      .map((event) => [event.id, event.type]),
  );
  const times = (type: string): number => [...told.values()].filter((one) => one === type).length;
  return [
    ...open.map((what) => ({ invariant: 'everything ends', what })),
    ...ifNot(
      row?.state === 'actionNeeded',
      `connection ${bank} is ${row?.state ?? 'well'}, not actionNeeded`,
    ),
    ...ifNot(times('connection.synced') === 2, `${times('connection.synced')} events of two webhooks`),
    ...ifNot(
      times('connection.action_required') === 1,
      `${times('connection.action_required')} events of one action that is required`,
    ),
  ];
}

async function inState({ sandbox }: World, bank: string, state: string): Promise<void> {
  const answer = await fetch(`${sandbox.url}/sandbox/connections/${bank}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ state }),
  });
  if (!answer.ok) throw new Error(`the sandbox answered ${answer.status}`);
}

/** The stopped replica goes on with what it was at, and everybody is sent to both again. */
async function wake({ fleet }: World, held: Held): Promise<void> {
  held.release();
  fleet.replica(0)?.stopped(false);
  await fleet.replica(0)?.ask({ name: 'ready' });
  fleet.route(0, 1);
}

function ifNot(isSo: boolean, what: string): Violation[] {
  return isSo ? [] : [{ invariant: 'a replica that wakes up changes nothing', what }];
}
