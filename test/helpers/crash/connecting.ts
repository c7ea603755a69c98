import { registerSecret } from '../canary/collector.js';
import type { Browser } from '../flow/browser.js';
import { connected, connectionsOf, setState, type ConnectionBody } from '../flow/lifecycle.js';
import { connect, start, stateOf, visitWebview, type Started } from '../flow/person.js';
import { expectThat } from './expect-that.js';
import { OPERATION_HEADER } from './protocol.js';
import type { Operation } from './sweep.js';
import type { CrashWorld } from './world.js';

/** Operations that bring a connection, or repair one. */

const AS_OPERATION = { [OPERATION_HEADER]: '1' };

/** A browser at the door of the callback. */
interface AtTheDoor {
  readonly browser: Browser;
  readonly attemptId: string;
  readonly callback: string;
}

interface Repair extends AtTheDoor {
  readonly connection: ConnectionBody;
}

/** The first connection of an owner: a code is exchanged. */
export const FIRST_CONNECTION: Operation<AtTheDoor> = {
  name: 'first',
  prepare: async (world, owner) => atTheDoor(world, world.browser(owner)),
  run: comeBack,
  again: async (world, subject, crash) => {
    const before = exchanges(world);
    const status = await reload(subject);
    expectThat(
      exchanges(world) - before <= (crash.did('UPDATE powens_attempt') ? 0 : 1),
      'the code was sent again',
    );
    if (status !== 'connected') await connect(world, subject.browser);
    await expectConnections(world, subject.browser, 1);
  },
  // The code was sent, and the token not yet kept with the attempt: the second write to it.
  loses: (crash) =>
    crash.did('call POST /auth/token/access') &&
    crash.trail.slice(0, -1).filter((point) => point === 'UPDATE powens_attempt').length < 2,
};

/** A second connection: no code is exchanged, so a reload finishes what the process that died had begun. */
export const SECOND_CONNECTION: Operation<AtTheDoor> = {
  name: 'second',
  prepare: async (world, owner) => atTheDoor(world, (await connected(world, owner)).browser),
  run: comeBack,
  again: async (world, subject) => {
    expectThat((await reload(subject)) === 'connected', 'the reload did not connect');
    await expectConnections(world, subject.browser, 2);
  },
};

/** The start of an owner without a Powens user, where the server makes one before the webview opens. */
export const SERVER_FIRST_START: Operation<Browser> = {
  name: 'server-first',
  prepare: async (world, owner) => Promise.resolve(world.browser(owner)),
  run: async (_world, browser) => browser.post('/connections/connect', {}, AS_OPERATION),
  again: async (world, browser) => {
    const { landed } = await connect(world, browser);
    expectThat(landed.status === 303, `the callback answered ${landed.status}`);
    await expectConnections(world, browser, 1);
  },
  loses: (crash) => crash.did('call POST /auth/init') && !crash.did('UPDATE powens_user'),
};

/** A connection whose bank asks for new credentials. */
export const RECONNECT: Operation<Repair> = {
  name: 'reconnect',
  prepare: async (world, owner) => {
    const { browser, connection } = await connected(world, owner);
    await setState(world, connection, 'wrongpass');
    return { ...(await reconnectAtTheDoor(world, browser, connection)), connection };
  },
  run: comeBack,
  again: async (world, subject) => {
    const { browser, connection, attemptId } = subject;
    expectThat((await reload(subject)) === 'connected', 'the reload did not connect');
    const [repaired] = await expectConnections(world, browser, 1);
    expectThat(repaired?.id === connection.id && repaired.state === null, 'the connection was not repaired');
    await world.settle();
    const told = world.deliveries().filter((event) => event.attemptId === attemptId);
    expectThat(
      told.some(({ type }) => type === 'connection.reconnected'),
      'the repair was not told',
    );
  },
};

async function comeBack(_world: CrashWorld, { browser, callback }: AtTheDoor): Promise<unknown> {
  return browser.get(callback, AS_OPERATION);
}

async function atTheDoor(world: CrashWorld, browser: Browser): Promise<AtTheDoor> {
  const { url, attemptId } = await start(browser);
  return { browser, attemptId, callback: await visitWebview(world, url) };
}

async function reconnectAtTheDoor(
  world: CrashWorld,
  browser: Browser,
  { id }: ConnectionBody,
): Promise<AtTheDoor> {
  const answer = await browser.post(`/connections/${id}/reconnect`, {});
  const { url, attemptId } = answer.json<Started & Record<string, unknown>>();
  registerSecret('state', stateOf(url));
  return { browser, attemptId, callback: await visitWebview(world, url) };
}

/** Reloads the callback and looks where that leads: to an end, whatever died. */
async function reload({ browser, attemptId, callback }: AtTheDoor): Promise<string> {
  const landed = await browser.get(callback);
  expectThat(landed.status === 303, `the reloaded callback answered ${landed.status}: ${landed.text}`);
  const { status } = (await browser.get(`/connections/attempts/${attemptId}`)).json<{ status: string }>();
  expectThat(['connected', 'unknown'].includes(status), `the attempt ended ${status}`);
  return status;
}

function exchanges({ sandbox }: CrashWorld): number {
  return sandbox.ledger().calls.filter(({ path }) => path.endsWith('/auth/token/access')).length;
}

/** What the owner sees is what the provider has of the owner's Powens user. */
async function expectConnections(
  world: CrashWorld,
  browser: Browser,
  count: number,
): Promise<ConnectionBody[]> {
  const seen = await connectionsOf(browser);
  expectThat(seen.length === count, `${seen.length} connections are listed, not ${count}`);
  const [user] = await world.sql<{ powens_user_id: string }>(
    'SELECT powens_user_id FROM powens_user WHERE owner_id = $1',
    [browser.user],
  );
  const there = world.sandbox
    .ledger()
    .connections.filter(({ idUser, deleted }) => !deleted && String(idUser) === user?.powens_user_id);
  expectThat(there.length === count, `${there.length} connections at the provider, ${count} here`);
  return seen;
}
