import { ConnectionsService } from 'nestjs-powens-connections';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { connected, eventOf, liveTokens } from '../../helpers/flow/lifecycle.js';
import { clearFaults, orphanTokens, plant, sql } from '../../helpers/flow/observe.js';
import { until } from '../../helpers/flow/person.js';
import { failureOf, renewals } from '../../helpers/upstream/upstream.js';
import { hold } from '../../helpers/flow/hold.js';

const RENEW = { method: 'POST', path: '/auth/renew' } as const;
const INIT = { method: 'POST', path: '/auth/init' } as const;

interface AccountRow {
  readonly status: string;
  readonly lease_token: string | null;
  readonly leased_until: Date | null;
}

/** What overtakes, refuses or interrupts whoever makes or renews a token. */
describe('the edges of a token', () => {
  let app: FlowApp;

  beforeAll(async () => {
    app = await startFlowApp({
      options: { provisioning: 'server-first', lifecycle: { sweepIntervalMs: 100, leaseSeconds: 60 } },
    });
    await sql(
      app,
      `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no room'; END $$`,
    );
  });

  afterEach(async () => {
    await clearFaults(app);
  });

  afterAll(async () => {
    await app.close();
  });

  const service = (): ConnectionsService => app.app.get(ConnectionsService);

  async function rowOf(owner: string): Promise<AccountRow | undefined> {
    const [row] = await sql<AccountRow>(
      app,
      'SELECT status, lease_token, leased_until FROM powens_user WHERE owner_id = $1',
      [owner],
    );
    return row;
  }

  it('should revoke a renewed token when the account was revoked meanwhile [RL-12, TC-23]', async () => {
    await connected(app, 'ann');
    const { powensUserId } = await eventOf(app, 'ann', 'connection.created');
    const renewing = await hold(app, RENEW);
    const renewal = failureOf(service().renewToken('ann'));
    await renewing.arrived();

    await service().revokeToken('ann');
    await renewing.release();

    expect(await renewal).toMatchObject({ code: 'busy' });
    expect(liveTokens(app, powensUserId ?? '')).toEqual([]);
    expect(await rowOf('ann')).toEqual({ status: 'revoked', lease_token: null, leased_until: null });
    await service().renewToken('ann');
    expect(liveTokens(app, powensUserId ?? '')).toHaveLength(1);
    expect(await orphanTokens(app)).toEqual([]);
  });

  it('should give its lease back when a renewal is refused, so that nobody goes on asking', async () => {
    await connected(app, 'ben');
    const { powensUserId } = await eventOf(app, 'ben', 'connection.created');
    const live = liveTokens(app, powensUserId ?? '');
    const before = renewals(app);
    await plant(app, { ...RENEW, kind: 'status', status: 403 });

    expect(await failureOf(service().renewToken('ben'))).toMatchObject({ code: 'powens_refused' });

    expect(await rowOf('ben')).toEqual({ status: 'active', lease_token: null, leased_until: null });
    // Some rounds of the sweeper.
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(renewals(app)).toBe(before + 1);
    expect(liveTokens(app, powensUserId ?? '')).toEqual(live);
  });

  it('should leave a mark when nobody knows what became of a renewal, and the sweeper renews again [RL-12]', async () => {
    await connected(app, 'cleo');
    const { powensUserId } = await eventOf(app, 'cleo', 'connection.created');
    await plant(app, { ...RENEW, kind: 'after' });
    expect(await failureOf(service().renewToken('cleo'))).toMatchObject({ code: 'powens_timeout' });
    await sql(app, `UPDATE powens_user SET leased_until = now() WHERE owner_id = 'cleo'`);
    await until(async () => (await rowOf('cleo'))?.leased_until === null);
    expect(liveTokens(app, powensUserId ?? '')).toHaveLength(1);
    expect(await orphanTokens(app)).toEqual([]);
  });

  it.each([
    [
      'another process took its reservation',
      async (owner: string) => sql(app, 'DELETE FROM powens_user WHERE owner_id = $1', [owner]),
      'busy',
    ],
    [
      'the database takes no token',
      async () =>
        sql(
          app,
          'CREATE TRIGGER planted BEFORE UPDATE ON powens_user FOR EACH ROW EXECUTE FUNCTION refuse()',
        ),
      'storage_failed',
    ],
  ])(
    'should delete the Powens user it made when %s, and begin anew with the next click [RL-07]',
    async (what, interfere, code) => {
      const owner = `user-${what.length}`;
      const known = new Set(app.sandbox.ledger().users.map(({ id }) => id));
      const making = await hold(app, INIT);
      const answer = app.browser(owner).post('/connections/connect');
      await making.arrived();
      await interfere(owner);
      await making.release();

      expect((await answer).json()).toMatchObject({ status: 503, code });

      await sql(app, 'DROP TRIGGER IF EXISTS planted ON powens_user');
      const made = app.sandbox.ledger().users.filter(({ id }) => !known.has(id));
      expect(made).toMatchObject([{ deleted: true }]);
      expect(await rowOf(owner)).toBeUndefined();
      await connected(app, owner);
      expect(await orphanTokens(app)).toEqual([]);
    },
  );

  const lostAnswers = async (): Promise<number> =>
    (await sql(app, `SELECT 1 FROM powens_user WHERE status = 'erased' AND status_reason = 'answer_lost'`))
      .length;

  it('should count a Powens user whose creation was not answered, and begin anew with the next click [N37]', async () => {
    const before = await lostAnswers();
    await plant(app, { ...INIT, kind: 'after' });
    expect((await app.browser('nora').post('/connections/connect')).status).toBeGreaterThanOrEqual(500);
    expect(await rowOf('nora')).toBeUndefined();
    expect(await lostAnswers()).toBe(before + 1);
    await connected(app, 'nora');
  });

  it('should count none when Powens certainly made no user [N37]', async () => {
    const before = await lostAnswers();
    await plant(app, { ...INIT, kind: 'status', status: 403 });
    expect((await app.browser('nils').post('/connections/connect')).status).toBe(502);
    expect(await rowOf('nils')).toBeUndefined();
    expect(await lostAnswers()).toBe(before);
  });

  it('should remove the reservation of a process that died, a day later, and count it; not a younger one [N37, TC-24]', async () => {
    const before = await lostAnswers();
    await sql(
      app,
      `INSERT INTO powens_user (id, instance, tenant, owner_id, api_origin, client_id, status, renewable, lease_token,
        leased_until, created_at, updated_at)
      SELECT gen_random_uuid(), 'default', '', owner, 'https://acme.test', '1', 'provisioning', true, gen_random_uuid(),
        now() - age, now(), now() FROM (VALUES ('olga', interval '25 hours'), ('otto', interval '23 hours')) AS gone (owner, age)`,
    );
    await until(async () => (await rowOf('olga')) === undefined);
    expect(await lostAnswers()).toBe(before + 1);
    expect(await rowOf('otto')).toMatchObject({ status: 'provisioning' });
  });
});
