import { ConnectionsService } from 'nestjs-powens-connections';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postgresCapabilities } from '../../helpers/database.js';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { advance, connected, liveTokens, type Connected } from '../../helpers/flow/lifecycle.js';
import { orphanTokens, sql } from '../../helpers/flow/observe.js';
import { start, until, visitWebview } from '../../helpers/flow/person.js';
import { powensUserIdOf } from '../../helpers/flow/reconciling.js';
import { rounds } from '../../helpers/sweeps.js';

const ROUNDS = rounds(5, 50);

/** Two replicas on one database and one provider. Everything here races across both. */
describe.skipIf(!postgresCapabilities().concurrent)('what happens at the same time', () => {
  let first: FlowApp;
  let second: FlowApp;

  beforeAll(async () => {
    const options = { lifecycle: { sweepIntervalMs: 500, leaseSeconds: 60 } };
    first = await startFlowApp({ options });
    second = await startFlowApp({ options, like: first });
  });

  afterAll(async () => {
    await second.close();
    await first.close();
  });

  const services = (): ConnectionsService[] => [first, second].map(({ app }) => app.get(ConnectionsService));
  const told = (ownerId: string, type: string): number =>
    [...first.events, ...second.events].filter((event) => event.ownerId === ownerId && event.type === type)
      .length;

  it(`should end ${ROUNDS} rounds of 20 parallel renewals with one live token, the one that is kept [K09, RL-12]`, async () => {
    const owner = 'renewals';
    await connected(first, owner);
    const powensUserId = await powensUserIdOf(first, owner);
    for (let round = 0; round < ROUNDS; round += 1) {
      await Promise.all(
        Array.from({ length: 20 }, async (_, index) => services()[index % 2]?.renewToken(owner)),
      );
      const [live, ...others] = liveTokens(first, powensUserId);
      expect(others).toEqual([]);
      const kept = await services()[0]?.withToken(owner, (token) => token.use((clear) => clear));
      expect(kept === live).toBe(true);
    }
  });

  it(`should end ${ROUNDS} rounds of 10 parallel deletes with one deletion told [K10]`, async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const owner = `deletes-${round}`;
      const { connection } = await connected(first, owner);
      const outcomes = await Promise.allSettled(
        Array.from({ length: 10 }, async (_, index) => services()[index % 2]?.delete(owner, connection.id)),
      );
      const refusals = outcomes.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
      expect(refusals.filter(({ reason }) => (reason as { code?: string }).code !== 'not_found')).toEqual([]);
      expect(refusals.length).toBeLessThan(10);
      expect(await sql(first, 'SELECT 1 FROM powens_connection WHERE id = $1', [connection.id])).toEqual([]);
      await until(() => told(owner, 'connection.deleted') > 0);
    }
    expect(
      Array.from({ length: ROUNDS }, (_, round) => told(`deletes-${round}`, 'connection.deleted')),
    ).toEqual(Array.from({ length: ROUNDS }, () => 1));
  });

  it(`should end ${ROUNDS} rounds of a delete during a synchronisation with the connection gone`, async () => {
    const owners: Connected[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      owners.push(await connected(first, `sync-${round}`));
    }
    await advance(first, 120);
    for (const [round, { connection }] of owners.entries()) {
      const owner = `sync-${round}`;
      const [sync, removal] = await Promise.allSettled([
        services()[0]?.sync(owner, connection.id),
        services()[1]?.delete(owner, connection.id),
      ]);
      expect(removal.status).toBe('fulfilled');
      if (sync.status === 'rejected') {
        expect((sync.reason as { code: string }).code).toBe('not_found');
      }
      expect(await sql(first, 'SELECT 1 FROM powens_connection WHERE id = $1', [connection.id])).toEqual([]);
    }
    await until(() => told(`sync-${ROUNDS - 1}`, 'connection.deleted') === 1);
  });

  it(`should end ${ROUNDS} rounds of an erasure during a callback with nothing left of the owner [K11]`, async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const owner = `erased-${round}`;
      // Every other owner has a Powens user already: both kinds of callback are raced.
      if (round % 2 === 1) {
        await connected(first, owner);
      }
      const browser = first.browser(owner);
      const { url } = await start(browser);
      const callback = await visitWebview(first, url);
      await Promise.all([browser.get(callback), services()[1]?.erase(owner)]);
      // The callback may have won whole before the erasure looked: then it is simply connected, and erased again.
      await services()[1]?.erase(owner);
      await expectNothingLeft(first, owner);
    }
    expect(await orphanTokens(first)).toEqual([]);
  });

  it('should make one Powens user for the parallel first attempts of an owner, on two replicas', async () => {
    const options = { provisioning: 'server-first' as const };
    const [left, right] = [
      await startFlowApp({ options, like: first }),
      await startFlowApp({ options, like: first }),
    ];
    for (let round = 0; round < rounds(2, 10); round += 1) {
      const owner = `first-${round}`;
      const before = first.sandbox.ledger().users.length;
      const browsers = Array.from({ length: 10 }, (_, index) => (index % 2 ? left : right).browser(owner));
      await Promise.all(browsers.map(async (browser) => start(browser)));
      expect(first.sandbox.ledger().users).toHaveLength(before + 1);
    }
    await left.close();
    await right.close();
  });
});

async function expectNothingLeft(app: FlowApp, owner: string): Promise<void> {
  for (const table of ['powens_attempt', 'powens_user', 'powens_connection']) {
    expect(await sql(app, `SELECT 1 FROM ${table} WHERE owner_id = $1`, [owner])).toEqual([]);
  }
}
