import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { useFlowApp } from '../../helpers/flow/use-flow-app.js';
import {
  attemptOf,
  clearFaults,
  connectedOwner,
  EXCHANGE,
  exchanges,
  orphanTokens,
  plant,
  returning,
  sql,
} from '../../helpers/flow/observe.js';
import { start, until, visitWebview } from '../../helpers/flow/person.js';

const READ = { method: 'GET', path: '/users/me/connections*' } as const;

/** Powens users with a bank, that no row knows. */
async function strangers(app: FlowApp): Promise<number[]> {
  const rows = await sql<{ powens_user_id: string | null }>(app, 'SELECT powens_user_id FROM powens_user');
  const known = new Set(rows.map(({ powens_user_id: id }) => id));
  const { users } = app.sandbox.ledger();
  return users
    .filter(({ id, temporary, deleted }) => !temporary && !deleted && !known.has(String(id)))
    .map(({ id }) => id);
}

describe('a completion that is interrupted', () => {
  let app: FlowApp;
  let serial = 0;
  const newUser = (): string => `user-${(serial += 1)}`;

  beforeAll(async () => {
    app = await startFlowApp({ options: { lifecycle: { sweepIntervalMs: 50 } } });
  });

  afterEach(async () => {
    await clearFaults(app);
  });

  afterAll(async () => {
    expect(await orphanTokens(app)).toEqual([]);
    await app.close();
  });

  const statusOf = async (owner: Awaited<ReturnType<typeof returning>>): Promise<string> =>
    (await attemptOf(owner.browser, owner.started.attemptId)).status;

  it('should be gone on with by the sweeper from the token kept with the attempt [U13, N11]', async () => {
    const visit = await returning(app, newUser());
    await plant(app, { ...READ, kind: 'status', status: 500, times: 3 });
    const before = exchanges(app);
    expect((await visit.browser.get(visit.callback)).status).toBe(303);
    await until(async () => (await statusOf(visit)) === 'connected');
    expect(exchanges(app)).toBe(before + 1);
    expect(await strangers(app)).toEqual([]);
  });

  it('should be gone on with by the sweeper from the sealed code, once, when the answer was lost [N11, RL-04]', async () => {
    const visit = await returning(app, newUser());
    await plant(app, { ...EXCHANGE, kind: 'reset' });
    const before = exchanges(app);
    expect((await visit.browser.get(visit.callback)).status).toBe(303);
    await until(async () => (await statusOf(visit)) === 'connected');
    expect(exchanges(app)).toBe(before + 2);
    expect(await strangers(app)).toEqual([]);
  });

  it('should keep the code and the token sealed, and neither once it ended [RL-04]', async () => {
    const visit = await returning(app, newUser());
    await plant(app, { ...READ, kind: 'status', status: 500, times: 50 });
    await visit.browser.get(visit.callback);
    const secretsOf = async (): Promise<unknown> =>
      sql(
        app,
        `SELECT sealed_code IS NOT NULL AS code, left(sealed_token, 4) AS token FROM powens_attempt WHERE id = $1`,
        [visit.started.attemptId],
      );
    expect(await secretsOf()).toEqual([{ code: false, token: 'cx1.' }]);
    await clearFaults(app);
    await until(async () => (await statusOf(visit)) === 'connected');
    expect(await secretsOf()).toEqual([{ code: false, token: null }]);
    await expect(
      sql(app, `UPDATE powens_attempt SET sealed_token = 'cx1' WHERE id = $1`, [visit.started.attemptId]),
    ).rejects.toThrow('powens_attempt_secrets_check');
  });

  it('should finish by the sweeper what a dead process had begun with the token that is kept [K06]', async () => {
    const browser = await connectedOwner(app, newUser());
    const { url, attemptId } = await start(browser);
    const callback = await visitWebview(app, url);
    const ids = new URL(callback, app.url).searchParams.get('connection_id');
    await sql(
      app,
      `UPDATE powens_attempt SET status = 'claimed', claimed_ids = $2, lease_expires_at = now() WHERE id = $1`,
      [attemptId, JSON.stringify([ids])],
    );
    await until(async () => (await attemptOf(browser, attemptId)).status === 'connected');
  });

  it('should connect nothing for an owner who is erased meanwhile, and leave nothing at Powens [N11, K11, TC-24]', async () => {
    const visit = await returning(app, newUser());
    await plant(app, { ...READ, kind: 'status', status: 500, times: 500 });
    await visit.browser.get(visit.callback);
    const erased = visit.browser.send('DELETE', '/connections/me', {});
    await clearFaults(app);
    expect((await erased).status).toBe(204);
    await until(
      async () =>
        (await sql(app, 'SELECT 1 FROM powens_attempt WHERE owner_id = $1', [visit.browser.user])).length ===
        0,
    );
    expect(await strangers(app)).toEqual([]);
    expect(await sql(app, 'SELECT 1 FROM powens_user WHERE owner_id = $1', [visit.browser.user])).toEqual([]);
  });

  it('should delete the Powens user of this visit when another tab of the owner was first [N11, RL-07]', async () => {
    const user = newUser();
    const first = await returning(app, user);
    const started = await start(first.browser);
    const second = await visitWebview(app, started.url);
    await plant(app, { ...READ, kind: 'status', status: 500, times: 500 });
    await first.browser.get(first.callback);
    // The sweeper goes on with the first one all the time: it fails until the second one is connected.
    await sql(app, `UPDATE powens_attempt SET lease_expires_at = now() + interval '1 hour' WHERE id = $1`, [
      first.started.attemptId,
    ]);
    await clearFaults(app);
    await first.browser.get(second);
    expect(await attemptOf(first.browser, started.attemptId)).toMatchObject({ status: 'connected' });
    await first.browser.get(first.callback);
    expect(await attemptOf(first.browser, first.started.attemptId)).toMatchObject({
      status: 'failed',
      error: 'owner_already_connected',
    });
    expect(await strangers(app)).toEqual([]);
  });
});

describe('a completion that fails for good', () => {
  let app: FlowApp;

  useFlowApp({ options: { lifecycle: { recoveryHours: 0, sweeper: false } } }, (opened) => {
    app = opened;
  });

  afterEach(async () => {
    await clearFaults(app);
  });

  it('should delete the Powens user that this attempt created, not only its token [N11, RL-07]', async () => {
    const { browser, callback, started } = await returning(app, 'ann');
    await plant(app, { ...READ, kind: 'status', status: 500, times: 3 });
    expect((await browser.get(callback)).status).toBe(303);
    expect(await attemptOf(browser, started.attemptId)).toMatchObject({
      status: 'failed',
      error: 'powens_failed',
    });
    expect(await orphanTokens(app)).toEqual([]);
    expect(await strangers(app)).toEqual([]);
  });

  it('should say so in the log and in the row when that is not possible either [RL-07]', async () => {
    const { browser, callback, started } = await returning(app, 'ben');
    await plant(app, { ...READ, kind: 'status', status: 500, times: 50 });
    await browser.get(callback);
    expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'failed' });
    const errors = app.logger.lines.filter(
      (line) => line.startsWith('error ') && line.includes(started.attemptId),
    );
    expect(errors).toHaveLength(1);
    const rows = await sql(app, 'SELECT orphan FROM powens_attempt WHERE id = $1', [started.attemptId]);
    expect(rows).toEqual([{ orphan: '?' }]);
    const left = app.sandbox.ledger().tokens.findLast(({ revoked }) => !revoked);
    await fetch(`${app.sandbox.url}/2.0/users/me`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${left?.token}` },
    });
  });

  it('should not delete a Powens user whose bank is older than the visit, whatever the row says of its time [N3, RL-07]', async () => {
    // The row is as old as if its time had been set back by an hour: its id says when it was issued. Last of its file, since
    // the ids that this process issues afterwards are an hour ahead, too.
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 });
    const browser = app.browser('cleo');
    const started = await start(browser).finally(() => vi.useRealTimers());
    const callback = await visitWebview(app, started.url);
    await plant(app, { ...READ, kind: 'status', status: 500, times: 3 });
    expect((await browser.get(callback)).status).toBe(303);
    expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'failed' });
    expect(app.sandbox.ledger().users.at(-1)).toMatchObject({ deleted: false });
    expect(await orphanTokens(app)).toEqual([]);
  });
});
