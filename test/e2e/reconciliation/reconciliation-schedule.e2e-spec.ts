import {
  ConnectionsError,
  ReconciliationService,
  type ReconciliationOptions,
} from 'nestjs-powens-connections';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { startChildHost } from '../../helpers/child/child-host.js';
import { postgresCapabilities } from '../../helpers/database.js';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { connected, eventOf, setState } from '../../helpers/flow/lifecycle.js';
import { clearFaults, outbound, plant, sql } from '../../helpers/flow/observe.js';
import { until } from '../../helpers/flow/person.js';
import { withClient } from '../../helpers/postgres/client.js';
import { rounds } from '../../helpers/sweeps.js';

const DAY_SECONDS = 24 * 3600;
const OWNERS = rounds(8, 20);
const owners = Array.from({ length: OWNERS }, (_, index) => `owner-${index}`);
/** Those that are due in one of the tests, and one more. */
const DUE = owners.filter((owner) => owner.startsWith('owner-1')).length + 1;

// On PGlite two applications would share one session.
describe.skipIf(!postgresCapabilities().concurrent)('the regular comparison', () => {
  let app: FlowApp;

  beforeAll(async () => {
    app = await startFlowApp({
      // The events of the others are for their own handlers.
      options: { reconciliation: { enabled: false, usersPerMinute: 6000 }, outbox: { relay: false } },
    });
    for (const owner of owners) await connected(app, owner);
  });

  afterEach(async () => {
    await clearFaults(app);
  });

  afterAll(async () => {
    await app.close();
  });

  const replica = async (reconciliation: ReconciliationOptions): Promise<FlowApp> =>
    startFlowApp({ like: app, options: { reconciliation } });
  const reportOf = (one: FlowApp): ReturnType<ReconciliationService['report']> =>
    one.app.get(ReconciliationService).report();

  it('should spread accounts over the whole interval, and ask nothing after a start', async () => {
    await sql(app, 'UPDATE powens_user SET reconcile_at = NULL');
    const before = listings(app);
    const other = await replica({ usersPerMinute: 6000 });
    await until(
      async () => (await sql(app, 'SELECT 1 FROM powens_user WHERE reconcile_at IS NULL')).length === 0,
    );
    await other.close();
    const seconds = await secondsAhead(app);
    expect(Math.max(...seconds) - Math.min(...seconds)).toBeGreaterThan(DAY_SECONDS / 10);
    expect(Math.max(...seconds)).toBeLessThanOrEqual(DAY_SECONDS);
    expect(listings(app)).toBe(before);
  });

  it('should compare what is due, and plan its next turn a tenth early or late', async () => {
    const { connection } = await connected(app, 'due');
    await setState(app, connection, 'wrongpass');
    await sql(
      app,
      `UPDATE powens_user SET reconcile_at = now() - interval '1 minute' WHERE owner_id LIKE 'owner-1%'`,
    );
    await sql(app, `UPDATE powens_user SET reconcile_at = now() - interval '1 hour' WHERE owner_id = 'due'`);
    const other = await replica({ usersPerMinute: 6000 });
    expect(await eventOf(other, 'due', 'connection.action_required')).toMatchObject({
      data: { state: 'wrongpass', requiredAction: 'reconnect' },
    });
    await until(() => reportOf(other).accounts === DUE);
    await other.close();
    const planned = await sql<{ ahead: number }>(
      app,
      `SELECT extract(epoch FROM reconcile_at - reconciled_at)::float8 AS ahead FROM powens_user
       WHERE owner_id LIKE 'owner-1%' OR owner_id = 'due'`,
    );
    for (const { ahead } of planned) {
      expect(ahead).toBeGreaterThanOrEqual(0.9 * DAY_SECONDS - 1);
      expect(ahead).toBeLessThanOrEqual(1.1 * DAY_SECONDS + 1);
    }
    expect(new Set(planned.map(({ ahead }) => ahead)).size).toBe(DUE);
  });

  it('should keep one pace with the loops of other processes, and see every account done', async () => {
    const pace = { usersPerMinute: 600 };
    const others = [await replica(pace), await replica(pace), await replica({ enabled: false, ...pace })];
    const before = listings(app);
    const service = others[2]!.app.get(ReconciliationService);
    const steps: number[] = [];
    const report = await service.reconcileAll({ onProgress: ({ done }) => steps.push(done) });
    const shares = others.map((one) => reportOf(one).accounts);
    expect(shares.reduce((sum, share) => sum + share)).toBe(OWNERS + 1);
    expect(report.accounts).toBe(shares[2]);
    expect(listings(app) - before).toBe(OWNERS + 1);
    expect(steps).toEqual([...steps].sort((one, other) => one - other));
    expect(steps.at(-1)).toBe(OWNERS + 1);
    for (const gap of await gapsMs(app)) expect(gap).toBeGreaterThanOrEqual(100);
    for (const one of others) await one.close();
  });

  it('should share the work of processes that reach for it together, one turn at a time', async () => {
    const others = await Promise.all(
      Array.from({ length: 4 }, async () => replica({ enabled: false, usersPerMinute: 600 })),
    );
    await Promise.all(others.map(async (one) => one.app.get(ReconciliationService).reconcileAll()));
    const shares = others.map((one) => reportOf(one).accounts);
    expect(shares.filter((share) => share > 0).length).toBeGreaterThan(1);
    expect(shares.reduce((sum, share) => sum + share)).toBeLessThan(OWNERS + 1 + others.length);
    for (const gap of await gapsMs(app)) expect(gap).toBeGreaterThanOrEqual(100);
    for (const one of others) await one.close();
  });

  it('should go on with what is left after a kill, and lose one comparison at most', async () => {
    const before = listings(app);
    const child = await startChildHost(app, null, { reconciliation: { usersPerMinute: 600 } });
    await sql(app, 'UPDATE powens_user SET reconcile_at = now()');
    await until(() => listings(app) >= before + 5);
    await child.stop('SIGKILL');
    const next = await replica({ usersPerMinute: 6000 });
    await until(async () => (await secondsAhead(app)).every((ahead) => ahead > 0));
    await next.close();
    expect(listings(app) - before).toBeGreaterThanOrEqual(OWNERS);
    expect(listings(app) - before).toBeLessThanOrEqual(OWNERS + 1);
  });

  it('should stop where it is asked to, and leave the rest its turn', async () => {
    const stop = new AbortController();
    const service = app.app.get(ReconciliationService);
    const report = await service.reconcileAll({
      signal: stop.signal,
      onProgress: ({ done }) => {
        if (done === 3) stop.abort();
      },
    });
    expect(report.accounts).toBe(3);
    expect((await secondsAhead(app)).filter((ahead) => ahead <= 0)).toHaveLength(OWNERS - 2);
  });

  it('should let everybody wait when Powens asks to, and count no failure', async () => {
    // Longer than a call may take: it is the comparison that waits.
    const headers = { 'retry-after': '60' };
    await plant(app, { kind: 'status', status: 429, headers, path: '/users/me/connections', times: 1 });
    const pace = { enabled: false, usersPerMinute: 600 };
    const others = [await replica(pace), await replica(pace)];
    const runs = others.map(async (one) => one.app.get(ReconciliationService).reconcileAll());
    const pauses = async (): Promise<{ seconds: number }[]> =>
      sql(
        app,
        `SELECT extract(epoch FROM reconciled_at - now())::float8 AS seconds FROM powens_user WHERE reconciled_at > now()`,
      );
    await until(async () => (await pauses()).length > 0);
    expect((await pauses())[0]?.seconds).toBeGreaterThan(30);
    const before = listings(app);
    // Some turns of each.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    // The other one may have been at it already.
    expect(listings(app)).toBeLessThanOrEqual(before + 1);
    await sql(app, 'UPDATE powens_user SET reconciled_at = now() WHERE reconciled_at > now()');
    expect((await Promise.all(runs)).map(({ failures }) => failures)).toEqual([0, 0]);
    for (const one of others) await one.close();
  });

  it('should put an account off that Powens fails for, and hold the others back for a moment', async () => {
    await plant(app, { kind: 'status', status: 500, path: '/users/me/connections', times: 3 });
    const stop = new AbortController();
    const run = app.app.get(ReconciliationService).reconcileAll({ signal: stop.signal });
    await until(() =>
      app.logger.lines.some((line) => line.includes('could not be compared, next try in 600 s')),
    );
    // The pause is set after the line is written.
    await until(
      async () => (await sql(app, 'SELECT 1 FROM powens_user WHERE reconciled_at > now()')).length > 0,
    );
    stop.abort();
    expect(await run).toMatchObject({ accounts: 0, failures: 1 });
    await sql(app, 'UPDATE powens_user SET reconciled_at = now()');
  });

  it('should go on by itself when the database was away', async () => {
    const other = await replica({ usersPerMinute: 6000 });
    await away(app, true);
    await until(() => app.logger.lines.some((line) => line.includes('No Powens user can be compared')));
    // A session that was being opened meanwhile may still be let in: it is ended, too.
    await until(async () => {
      await away(app, true);
      return (await outcomeOf(other.app.get(ReconciliationService).reconcileAll())) === 'storage_failed';
    });
    await away(app, false);
    await until(async () => (await sql(app, 'SELECT 1')).length === 1);
    const { accounts } = reportOf(other);
    await sql(app, 'UPDATE powens_user SET reconcile_at = now()');
    await until(async () => (await secondsAhead(app)).every((ahead) => ahead > 0));
    await until(() => reportOf(other).accounts > accounts);
    await other.close();
  });
});

function listings(app: FlowApp): number {
  return listingCalls(app).length;
}

/** Comparisons as the provider sees them; a callback reads its connections one by one. */
function listingCalls(app: FlowApp): ReturnType<typeof outbound> {
  return outbound(app).filter(({ path }) => path.endsWith('/users/me/connections'));
}

async function secondsAhead(app: FlowApp): Promise<number[]> {
  const rows = await sql<{ ahead: number }>(
    app,
    `SELECT extract(epoch FROM reconcile_at - now())::float8 AS ahead FROM powens_user WHERE status = 'active'`,
  );
  return rows.map(({ ahead }) => ahead);
}

/** Milliseconds between the last turns of all accounts, by the database's clock. */
async function gapsMs(app: FlowApp): Promise<number[]> {
  const rows = await sql<{ gap: number | null }>(
    app,
    `SELECT extract(epoch FROM reconciled_at - lag(reconciled_at) OVER (ORDER BY reconciled_at))::float8 * 1000 AS gap
     FROM powens_user WHERE reconciled_at > now() - interval '1 minute'`,
  );
  return rows.flatMap(({ gap }) => (gap === null ? [] : [gap]));
}

/** Lets the database take no connection any more, and ends those there are; or lets it come back. */
async function away(app: FlowApp, isAway: boolean): Promise<void> {
  const name = new URL(app.database.url).pathname.slice(1);
  await withClient(inject('postgres').adminUrl, async (admin) => {
    await admin.query(`ALTER DATABASE "${name}" WITH ALLOW_CONNECTIONS ${!isAway}`);
    if (isAway) {
      await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
    }
  });
}

async function outcomeOf(run: Promise<unknown>): Promise<string> {
  return run.then(
    () => 'done',
    (error: unknown) => (error instanceof ConnectionsError ? error.code : 'another error'),
  );
}
