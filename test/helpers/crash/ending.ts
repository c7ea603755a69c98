import type { Answer, Browser } from '../flow/browser.js';
import { connected, connectionsOf, type ConnectionBody } from '../flow/lifecycle.js';
import { start } from '../flow/person.js';
import { expectThat } from './expect-that.js';
import { OPERATION_HEADER } from './protocol.js';
import type { Operation } from './sweep.js';
import type { CrashWorld } from './world.js';

/** Operations on what an owner has already. */

/** An owner with one connection, whose tokens are told apart at the provider. */
interface Connected {
  readonly browser: Browser;
  readonly connection: ConnectionBody;
  readonly owner: string;
  readonly powensUserId: string;
}

/** Deletion of a connection: the intent is durable first, so it goes on whatever dies. */
export const DELETE_CONNECTION: Operation<Connected> = {
  name: 'delete',
  prepare: ownerWithConnection,
  run: async (_world, { browser, connection }) => remove(browser, connection.id, true),
  again: async (world, { browser, connection, owner }, crash) => {
    const { status } = await remove(browser, connection.id);
    // Once the intent is durable the user need not ask again.
    const expected = crash.did('UPDATE powens_connection') ? 404 : 204;
    expectThat(status === expected, `the repeated deletion answered ${status}`);
    await world.settle();
    expectThat((await connectionsOf(browser)).length === 0, 'the connection is still listed');
    const there = world.sandbox
      .ledger()
      .connections.find(({ id }) => String(id) === connection.powensConnectionId);
    expectThat(there?.deleted === true, 'the connection lives on at the provider');
    expectTold(world, owner, 'connection.deleted');
  },
};

/** Erasure of an owner: token unusable, Powens user deleted, rows removed, a tombstone kept. */
export const ERASE_OWNER: Operation<Connected> = {
  name: 'erase',
  prepare: ownerWithConnection,
  run: async (_world, { browser }) => remove(browser, 'me', true),
  alone: async (world, subject, crash) => {
    if (crash.did('UPDATE powens_user')) await expectErased(world, subject);
  },
  again: async (world, subject) => {
    const { status } = await remove(subject.browser, 'me');
    expectThat(status === 204, `the repeated erasure answered ${status}`);
    await world.settle();
    await expectErased(world, subject);
    expectTold(world, subject.owner, 'user.deleted');
  },
};

/** Renewal of a token: the one before dies at the provider before the new one is kept here. */
export const RENEW_TOKEN: Operation<Connected> = {
  name: 'renew',
  prepare: ownerWithConnection,
  run: async (world, { owner }) => world.call('renew', owner),
  alone: async (world, subject) => {
    expectThat(liveTokensOf(world, subject).length === 1, 'there is not exactly one live token');
    await expectUsable(subject);
  },
  again: async (world, subject) => {
    await world.call('renew', subject.owner);
    expectThat(liveTokensOf(world, subject).length === 1, 'there is not exactly one live token');
    await expectUsable(subject);
  },
};

/** Revocation of a token: unusable here at once, then dead at the provider, then forgotten. */
export const REVOKE_TOKEN: Operation<Connected> = {
  name: 'revoke',
  prepare: ownerWithConnection,
  run: async (world, { owner }) => world.call('revoke', owner),
  alone: async (world, subject, crash) => {
    if (crash.did('UPDATE powens_user')) await expectRevoked(world, subject);
  },
  again: async (world, subject, crash) => {
    const refusal = await world.call('revoke', subject.owner).then(
      () => null,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    const expected = crash.did('UPDATE powens_user') ? 'not_connected' : null;
    expectThat(refusal === expected, `the repeated revocation ended with ${refusal}`);
    await world.settle();
    await expectRevoked(world, subject);
    // The Powens user stays, and gets a token again when its owner comes back.
    await start(subject.browser);
    expectThat(liveTokensOf(world, subject).length === 1, 'there is not exactly one live token');
  },
};

async function ownerWithConnection(world: CrashWorld, owner: string): Promise<Connected> {
  const { browser, connection } = await connected(world, owner);
  const [row] = await world.sql<{ powens_user_id: string }>(
    'SELECT powens_user_id FROM powens_user WHERE owner_id = $1',
    [owner],
  );
  return { browser, connection, owner, powensUserId: row?.powens_user_id ?? '' };
}

async function remove(browser: Browser, what: string, isOperation = false): Promise<Answer> {
  return browser.send('DELETE', `/connections/${what}`, isOperation ? { [OPERATION_HEADER]: '1' } : {});
}

async function expectUsable({ browser, connection }: Connected): Promise<void> {
  const { status } = await browser.post(`/connections/${connection.id}/reconnect`);
  expectThat(status === 201, `with the token that is kept, a reconnect answered ${status}`);
}

async function expectErased(world: CrashWorld, { owner, powensUserId }: Connected): Promise<void> {
  for (const table of ['powens_attempt', 'powens_user', 'powens_connection', 'powens_outbox']) {
    const rows = await world.sql(`SELECT 1 FROM ${table} WHERE owner_id = $1`, [owner]);
    expectThat(rows.length === 0, `${table} still has ${rows.length} rows of the owner`);
  }
  const user = world.sandbox.ledger().users.find(({ id }) => String(id) === powensUserId);
  expectThat(user?.deleted === true, 'the Powens user lives on');
}

async function expectRevoked(world: CrashWorld, subject: Connected): Promise<void> {
  const [row] = await world.sql<{ status: string; sealed_token: string | null }>(
    'SELECT status, sealed_token FROM powens_user WHERE owner_id = $1',
    [subject.owner],
  );
  expectThat(row?.status === 'revoked' && row.sealed_token === null, `the account is ${row?.status}`);
  expectThat(liveTokensOf(world, subject).length === 0, 'the token is still alive');
}

function expectTold(world: CrashWorld, owner: string, type: string): void {
  const told = world.deliveries().filter((event) => event.ownerId === owner && event.type === type);
  expectThat(new Set(told.map(({ id }) => id)).size === 1, `${type} was not told exactly once`);
}

function liveTokensOf(world: CrashWorld, { powensUserId }: Connected): readonly string[] {
  return [...world.liveTokens().values()].filter((user) => user === powensUserId);
}
