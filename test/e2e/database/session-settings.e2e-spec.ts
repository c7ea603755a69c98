import { randomUUID } from 'node:crypto';
import { ConnectionsReadiness, ConnectionsService, DeadLettersService } from 'nestjs-powens-connections';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { postgresCapabilities } from '../../helpers/database.js';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { attemptOf, connectedOwner, returning, sql } from '../../helpers/flow/observe.js';
import { connect, start, until, visitWebview } from '../../helpers/flow/person.js';
import { hmacWebhooks, push, syncedBody } from '../../helpers/webhooks/pushed.js';

const { secret, options } = hmacWebhooks();

describe.skipIf(!postgresCapabilities().concurrent)('settings that are the host’s business', () => {
  let watcher: FlowApp;
  let serial = 0;

  beforeAll(async () => {
    watcher = await startFlowApp({ options: { ...options, outbox: { relay: false } } });
    await connectedOwner(watcher, 'kept');
    await sql(watcher, `UPDATE powens_outbox SET status = 'dead', completed_at = now()`);
  });

  afterEach(async () => {
    await sql(
      watcher,
      `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I RESET ALL', current_database()); END $$`,
    );
  });

  afterAll(async () => {
    await watcher.close();
  });

  async function alterDatabase(setting: string): Promise<void> {
    await sql(
      watcher,
      `DO $$ BEGIN EXECUTE format($f$ALTER DATABASE %I SET ${setting}$f$, current_database()); END $$`,
    );
  }

  /** A time of a row, in milliseconds: what no setting touches. */
  async function keptTime(column: string, table: string, id: string): Promise<number> {
    const [row] = await sql<{ ms: string }>(
      watcher,
      `SELECT floor(extract(epoch FROM ${column}) * 1000)::bigint AS ms FROM ${table} WHERE id = $1`,
      [id],
    );
    return Number(row?.ms);
  }

  /** Times of the answers are those of the rows, and hashes are compared as bytes. */
  async function flow(app: FlowApp): Promise<string> {
    const browser = app.browser(`reader-${(serial += 1)}`);
    const { started, landed } = await connect(app, browser);
    expect(landed.status).toBe(303);
    expect(Date.parse(started.expiresAt)).toBe(
      await keptTime('expires_at', 'powens_attempt', started.attemptId),
    );
    expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'connected' });
    const owner = { id: browser.user ?? '' };
    for (const connection of (await app.app.get(ConnectionsService).list(owner)).items) {
      expect(connection.createdAt.getTime()).toBe(
        await keptTime('created_at', 'powens_connection', connection.id),
      );
    }
    const again = await returning(app, owner.id);
    expect((await again.browser.get(again.callback)).status).toBe(303);
    expect((await again.browser.get(again.callback)).status).toBe(303);
    return owner.id;
  }

  async function webhook(app: FlowApp, ownerId: string): Promise<void> {
    const [row] = await sql<{ powens_user_id: string; powens_connection_id: string }>(
      watcher,
      `SELECT u.powens_user_id, c.powens_connection_id FROM powens_user u JOIN powens_connection c ON c.user_id = u.id
       WHERE u.owner_id = $1 LIMIT 1`,
      [ownerId],
    );
    const about = {
      powensConnectionId: row?.powens_connection_id ?? '',
      powensUserId: row?.powens_user_id ?? '',
    };
    const body = syncedBody(about, { lastUpdate: '2027-03-14 10:20:01', webhookDataId: 900_000 + serial });
    const answer = await push(app.url, '/connections/webhooks/connection-synced', body, { secret });
    expect(answer.status).toBe(204);
    await until(async () => {
      const page = await app.app.get(ConnectionsService).list({ id: ownerId });
      return page.items.some(({ lastSyncedAt }) => lastSyncedAt?.getUTCFullYear() === 2027);
    });
  }

  async function everything(app: FlowApp): Promise<void> {
    await webhook(app, await flow(app));
    const [letter] = (await app.app.get(DeadLettersService).list()).items;
    expect(letter?.deliveries).toBe(0);
    expect(letter?.deadLetteredAt.getTime()).toBe(
      await keptTime('completed_at', 'powens_outbox', letter?.event.id ?? ''),
    );
  }

  it.each([
    `DateStyle = 'German, DMY'`,
    `DateStyle = 'SQL, MDY'`,
    `DateStyle = 'Postgres, YMD'`,
    `IntervalStyle = 'sql_standard'`,
    `TimeZone = 'Asia/Kathmandu'`,
    `bytea_output = 'escape'`,
    `extra_float_digits = '-15'`,
  ])('should not decide what is read: %s [H6]', async (setting) => {
    await alterDatabase(setting);
    const app = await startFlowApp({ like: watcher, options });
    await everything(app);
    await app.stop();
  });

  it('should not decide what is read: parsers of the driver, for the whole process [H6]', async () => {
    const app = await startFlowApp({ like: watcher, options });
    const OIDS = [16, 17, 20, 21, 23, 25, 114, 700, 701, 1043, 1082, 1114, 1184, 2950, 3802] as never[];
    const kept = OIDS.map((oid) => [oid, pg.types.getTypeParser(oid) as (text: string) => unknown] as const);
    try {
      for (const oid of OIDS) pg.types.setTypeParser(oid, () => 'spoilt');
      const browser = app.browser('parsers');
      const { attemptId, url } = await start(browser);
      const callback = await visitWebview(app, url);
      expect((await browser.get(callback)).status).toBe(303);
      expect(await attemptOf(browser, attemptId)).toMatchObject({ status: 'connected' });
      const { items } = await app.app.get(ConnectionsService).list({ id: 'parsers' });
      expect(items[0]?.createdAt.getTime()).not.toBeNaN();
      await until(() => app.events.some((event) => event.attemptId === attemptId));
    } finally {
      for (const [oid, parse] of kept) pg.types.setTypeParser(oid, parse);
    }
    await app.stop();
  });

  it.each([`'repeatable read'`, `'serializable'`])(
    'should not refuse equal callbacks, nor equal webhooks: default_transaction_isolation = %s [H8]',
    async (level) => {
      await alterDatabase(`default_transaction_isolation = ${level}`);
      const app = await startFlowApp({ like: watcher, options });
      for (let round = 0; round < 5; round += 1) {
        const { browser, callback } = await returning(app, `equal-${(serial += 1)}`);
        const answers = await Promise.all(Array.from({ length: 8 }, async () => browser.get(callback)));
        expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([303]));
        const body = syncedBody(
          { powensConnectionId: '991', powensUserId: '992' },
          { lastUpdate: null, webhookDataId: 700_000 + serial },
        );
        const pushed = await Promise.all(
          Array.from({ length: 8 }, async () =>
            push(app.url, '/connections/webhooks/connection-synced', body, { secret }),
          ),
        );
        expect(new Set(pushed.map(({ status }) => status))).toEqual(new Set([204]));
      }
      await app.stop();
    },
  );

  it('should go on after DISCARD ALL on its sessions, once or each time [H7]', async () => {
    const app = await startFlowApp({
      like: watcher,
      options: { outbox: { relay: false }, lifecycle: { sweeper: false } },
      typeorm: { extra: { max: 1 } },
    });
    const browser = app.browser('discard');
    for (let round = 0; round < 12; round += 1) {
      const { attemptId, url } = await start(browser);
      await app.app.get(DataSource).query('DISCARD ALL');
      const callback = await visitWebview(app, url);
      expect((await browser.get(callback)).status).toBe(303);
      expect(await attemptOf(browser, attemptId)).toMatchObject({ status: 'connected' });
    }
    await app.stop();
  });

  it('should find its tables whatever schemas the host searches on its sessions [H7]', async () => {
    await sql(watcher, 'CREATE SCHEMA elsewhere');
    // As where a host runs all migrations in the schema of each of its tenants.
    await sql(watcher, 'CREATE TABLE elsewhere.powens_attempt (LIKE public.powens_attempt INCLUDING ALL)');
    const app = await startFlowApp({
      like: watcher,
      options: { outbox: { relay: false }, lifecycle: { sweeper: false } },
      typeorm: { extra: { max: 1 } },
    });
    const browser = app.browser('elsewhere');
    const { attemptId, url } = await start(browser);
    await app.app.get(DataSource).query('SET search_path TO elsewhere');
    expect((await app.app.get(ConnectionsReadiness).check()).ready).toBe(true);
    const callback = await visitWebview(app, url);
    expect((await browser.get(callback)).status).toBe(303);
    expect(await attemptOf(browser, attemptId)).toMatchObject({ status: 'connected' });
    await app.stop();
  });

  /** A role that may read and write nothing here; roles belong to the whole server. */
  async function withRole(use: (role: string) => Promise<void>): Promise<void> {
    const role = `tenant_${randomUUID().replaceAll('-', '')}`;
    await sql(watcher, `CREATE ROLE ${role}`);
    try {
      await use(role);
    } finally {
      await sql(watcher, `DROP ROLE ${role}`);
    }
  }

  it.each([1, 4])('should go on where the host left its role on each of %i sessions', async (max) => {
    await withRole(async (role) => {
      const app = await startFlowApp({
        like: watcher,
        options: { ...options, outbox: { relay: false }, lifecycle: { sweeper: false } },
        typeorm: { extra: { max } },
      });
      const dataSource = app.app.get(DataSource);
      const leaveRole = async (): Promise<void> => {
        const runners = Array.from({ length: max }, () => dataSource.createQueryRunner());
        await Promise.all(runners.map(async (runner): Promise<unknown> => runner.query(`SET ROLE ${role}`)));
        await Promise.all(runners.map(async (runner) => runner.release()));
      };
      const browser = app.browser(`roles-${(serial += 1)}`);
      await leaveRole();
      const { attemptId, url } = await start(browser);
      await leaveRole();
      const callback = await visitWebview(app, url);
      expect((await browser.get(callback)).status).toBe(303);
      await leaveRole();
      expect(await attemptOf(browser, attemptId)).toMatchObject({ status: 'connected' });
      await app.stop();
    });
  });

  it('should complete the callback under way when a column was widened [H7]', async () => {
    const app = await startFlowApp({ like: watcher, options, typeorm: { extra: { max: 2 } } });
    await connect(app, app.browser('before'));
    const { browser, callback, started } = await returning(app, 'widened');
    await sql(watcher, 'ALTER TABLE powens_attempt ALTER COLUMN redirect_uri TYPE text');
    await sql(watcher, 'ALTER TABLE powens_user ALTER COLUMN powens_user_id TYPE text');
    expect((await browser.get(callback)).status).toBe(303);
    expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'connected' });
    await app.stop();
  });
});
