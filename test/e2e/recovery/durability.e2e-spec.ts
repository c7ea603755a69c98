import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ADAPTERS, startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import {
  attemptOf,
  clearFaults,
  connectedOwner,
  EXCHANGE,
  exchanges,
  orphanTokens,
  returning,
  snapshot,
  sql,
} from '../../helpers/flow/observe.js';
import { connect, start, until, visitWebview } from '../../helpers/flow/person.js';
import { hold } from '../../helpers/flow/hold.js';

describe.each(ADAPTERS)('what lies between two steps, on %s', (adapter) => {
  let app: FlowApp;
  let serial = 0;
  const newUser = (): string => `user-${(serial += 1)}`;

  beforeAll(async () => {
    app = await startFlowApp({ adapter });
  });

  afterAll(async () => {
    await app.close();
  });

  it('should survive a restart between connect and callback [RL-20, W0, issue 2]', async () => {
    const first = await startFlowApp({ adapter, like: app });
    const { browser, callback, started } = await returning(first, newUser());
    await first.stop();

    const second = await startFlowApp({ adapter, like: app });
    const same = second.browser(browser.user);
    for (const [name, value] of browser.cookies) same.cookies.set(name, value);
    const landed = await same.get(callback);
    await second.stop();

    expect(landed.location).toBe(`/connections/attempts/${started.attemptId}`);
    const after = app.browser(browser.user);
    expect(await attemptOf(after, started.attemptId)).toMatchObject({ status: 'connected' });
    expect((await connect(app, after)).landed.status).toBe(303);
    expect(await orphanTokens(app)).toEqual([]);
  });

  it('should complete on one replica what another one started, and deliver from either [RL-21, RL-35]', async () => {
    const replica = await startFlowApp({ adapter, like: app });
    const ids: string[] = [];
    for (let count = 0; count < 10; count += 1) {
      const { browser, callback, started } = await returning(app, newUser());
      const there = replica.browser(browser.user);
      for (const [name, value] of browser.cookies) there.cookies.set(name, value);
      expect((await there.get(callback)).status).toBe(303);
      expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'connected' });
      ids.push(started.attemptId);
    }
    const told = (): string[] =>
      [...app.events, ...replica.events]
        .map(({ attemptId }) => attemptId ?? '')
        .filter((id) => ids.includes(id));
    await until(() => told().length >= 10);
    await replica.stop();
    expect(told().sort()).toEqual([...ids].sort());
  });
});

describe('a database that fails while an attempt is completed', () => {
  let app: FlowApp;
  let serial = 0;
  const newUser = (): string => `user-${(serial += 1)}`;

  beforeAll(async () => {
    // Only the callbacks of a test go on with an attempt here: the sweeper would, at a moment of its own.
    app = await startFlowApp({ options: { lifecycle: { sweeper: false } } });
    await sql(
      app,
      `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no room for %', NEW; END $$`,
    );
    await sql(
      app,
      `CREATE FUNCTION deadlock() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF nextval('deadlocks') < 3 THEN RAISE EXCEPTION 'deadlock' USING ERRCODE = '40P01'; END IF; RETURN NEW; END $$`,
    );
    await sql(app, 'CREATE SEQUENCE deadlocks');
  });

  afterEach(async () => {
    await clearFaults(app);
    for (const table of ['powens_attempt', 'powens_user', 'powens_connection', 'powens_outbox']) {
      await sql(app, `DROP TRIGGER IF EXISTS planted ON ${table}`);
    }
  });

  afterAll(async () => {
    await app.close();
  });

  async function refuseInserts(table: string, how = 'refuse', when = ''): Promise<void> {
    await sql(
      app,
      `CREATE TRIGGER planted BEFORE INSERT ON ${table} FOR EACH ROW ${when} EXECUTE FUNCTION ${how}()`,
    );
  }

  it.each([
    ['powens_user', ''],
    ['powens_connection', ''],
    ['powens_outbox', `WHEN (NEW.type = 'connection.created')`],
  ])(
    'should keep the token with the attempt when %s takes no row, and go on when it does [U13, RL-03, D02]',
    async (table, when) => {
      const { browser, callback, started } = await returning(app, newUser());
      await refuseInserts(table, 'refuse', when);
      const lines = app.logger.lines.length;
      const before = exchanges(app);

      const landed = await browser.get(callback);

      expect(landed.status).toBe(303);
      expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'claimed', error: null });
      expect((await browser.get('/connections')).json()).toEqual({ items: [], nextCursor: null });
      expect(await sql(app, 'SELECT 1 FROM powens_user WHERE owner_id = $1', [browser.user])).toEqual([]);
      expect(app.logger.lines.slice(lines).join('\n')).not.toMatch(/no room|INSERT|cx1/);
      await sql(app, `DROP TRIGGER planted ON ${table}`);
      expect((await browser.get(callback)).location).toBe(landed.location);
      expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'connected', error: null });
      expect(exchanges(app)).toBe(before + 1);
      expect(await orphanTokens(app)).toEqual([]);
      await until(() => app.events.some((event) => event.attemptId === started.attemptId));
      expect(
        app.events.filter((event) => event.attemptId === started.attemptId).map(({ type }) => type),
      ).toEqual(['connection.created']);
    },
  );

  it('should leave the attempt of a known owner pending when his second connection cannot be written [N39, RL-03]', async () => {
    const owner = await connectedOwner(app, newUser());
    const started = await start(owner);
    const callback = await visitWebview(app, started.url);
    await refuseInserts('powens_connection');
    expect((await owner.get(callback)).json()).toMatchObject({ status: 503, code: 'storage_failed' });
    await sql(app, 'DROP TRIGGER planted ON powens_connection');
    expect(await attemptOf(owner, started.attemptId)).toMatchObject({ status: 'pending', error: null });
    expect(await orphanTokens(app)).toEqual([]);
    expect((await owner.get(callback)).status).toBe(303);
    expect(await attemptOf(owner, started.attemptId)).toMatchObject({ status: 'connected' });
  });

  it('should go through two deadlocks without asking Powens again [RL-33, D07]', async () => {
    const { browser, callback, started } = await returning(app, newUser());
    await refuseInserts('powens_user', 'deadlock');
    const before = exchanges(app);
    expect((await browser.get(callback)).status).toBe(303);
    expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'connected' });
    expect(exchanges(app)).toBe(before + 1);
  });

  it('should answer 503 and leave the attempt when the claim itself cannot run [D05]', async () => {
    const { browser, callback, started } = await returning(app, newUser());
    const before = exchanges(app);
    await sql(app, 'ALTER TABLE powens_attempt RENAME TO powens_gone');
    const answers = [
      await browser.get(callback),
      await browser.post('/connections/connect'),
      await browser.get('/connections/attempts/01985c3e-7f3a-7c11-9a4e-0f6f3b1f2a77'),
    ];
    await sql(app, 'ALTER TABLE powens_gone RENAME TO powens_attempt');
    for (const answer of answers) {
      expect(answer.status).toBe(503);
      expect(answer.json()).toMatchObject({ code: 'storage_failed' });
      expect(answer.text).not.toMatch(/powens_attempt|relation|SELECT/);
    }
    expect(exchanges(app)).toBe(before);
    expect((await browser.get(callback)).status).toBe(303);
    expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'connected' });
  });

  it('should commit after its sessions were cut during the exchange [RL-07, D02]', async () => {
    const { browser, callback, started } = await returning(app, newUser());
    const exchange = await hold(app, EXCHANGE);
    const landed = browser.get(callback);
    await exchange.arrived();
    await sql(
      app,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
    await exchange.release();
    expect((await landed).status).toBe(303);
    expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'connected' });
    expect(await orphanTokens(app)).toEqual([]);
  });

  it('should write nothing when a row of its transaction was changed meanwhile [RL-03]', async () => {
    const { browser, callback, started } = await returning(app, newUser());
    const exchange = await hold(app, EXCHANGE);
    const landed = browser.get(callback);
    await exchange.arrived();
    await sql(app, `UPDATE powens_attempt SET status = 'unknown', sealed_code = NULL WHERE id = $1`, [
      started.attemptId,
    ]);
    const rows = await snapshot(app);
    await exchange.release();
    expect([303, 503]).toContain((await landed).status);
    expect(await snapshot(app)).toEqual(rows);
    expect(await orphanTokens(app)).toEqual([]);
  });
});
