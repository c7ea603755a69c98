import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectionsReadiness } from 'nestjs-powens-connections';
import { DataSource } from 'typeorm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { postgresCapabilities } from '../../helpers/database.js';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import {
  attemptOf,
  connectedOwner,
  exchanges,
  orphanTokens,
  returning,
  sql,
} from '../../helpers/flow/observe.js';
import { until } from '../../helpers/flow/person.js';
import { hmacWebhooks, push, syncedBody } from '../../helpers/webhooks/pushed.js';
import { withClient } from '../../helpers/postgres/client.js';
import { faultyLink, type FaultyLink } from '../../helpers/postgres/faulty-link.js';
import { rounds } from '../../helpers/sweeps.js';

const { secret, options } = hmacWebhooks();

/** Looks at the readiness while a table is locked; each takes longer than the database lets a statement wait. */
const LOOKS = rounds(2, 5);
const RESTART_SECONDS = rounds(3, 10);

describe.skipIf(!postgresCapabilities().concurrent)('what a database refuses for a passing reason', () => {
  let watcher: FlowApp;
  let app: FlowApp;
  let link: FaultyLink;
  let serial = 0;
  const newUser = (): string => `user-${(serial += 1)}`;

  beforeAll(async () => {
    watcher = await startFlowApp({ options: { outbox: { relay: false }, lifecycle: { sweeper: false } } });
    await sql(
      watcher,
      `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF nextval('refusals') <= 4 THEN RAISE EXCEPTION 'not now' USING ERRCODE = TG_ARGV[0]; END IF;
        RETURN NEW; END $$`,
    );
    await sql(watcher, 'CREATE SEQUENCE refusals');
    link = await faultyLink(watcher.database.url);
    app = await startFlowApp({ like: watcher, typeorm: { url: link.url }, options });
  });

  afterEach(async () => {
    for (const table of ['powens_attempt', 'powens_connection', 'powens_inbox']) {
      await sql(watcher, `DROP TRIGGER IF EXISTS planted ON ${table}`);
    }
    await sql(watcher, 'ALTER SEQUENCE refusals RESTART');
  });

  afterAll(async () => {
    await app.stop();
    await link.close();
    await watcher.close();
  });

  async function refuse(code: string, when: string): Promise<void> {
    await sql(
      watcher,
      `CREATE TRIGGER planted BEFORE ${when} FOR EACH ROW EXECUTE FUNCTION refuse('${code}')`,
    );
  }

  async function completes(user: string, meanwhile: () => Promise<void>): Promise<void> {
    const { browser, callback, started } = await returning(app, user);
    const before = exchanges(app);
    await meanwhile();
    const landed = await browser.get(callback);
    expect(landed.status, landed.text).toBe(303);
    expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'connected' });
    expect(exchanges(app)).toBe(before + 1);
    expect(await orphanTokens(app)).toEqual([]);
  }

  const CODES = ['40001', '40P01', '55P03', '57014'];

  it.each(CODES)('should be tried again when an attempt is claimed or completed: %s [N15]', async (code) => {
    await completes(newUser(), async () => refuse(code, 'UPDATE ON powens_attempt'));
    await sql(watcher, 'DROP TRIGGER planted ON powens_attempt');
    await sql(watcher, 'ALTER SEQUENCE refusals RESTART');
    await completes(newUser(), async () => refuse(code, 'INSERT ON powens_connection'));
  });

  it.each(CODES)('should be tried again when an attempt or a webhook is stored: %s [N15]', async (code) => {
    await refuse(code, 'INSERT ON powens_attempt');
    expect((await app.browser(newUser()).post('/connections/connect')).status).toBe(201);
    await sql(watcher, 'ALTER SEQUENCE refusals RESTART');
    await refuse(code, 'INSERT ON powens_inbox').catch(() => undefined);
    const body = syncedBody(
      { powensConnectionId: '991', powensUserId: '992' },
      { lastUpdate: null, webhookDataId: 700_000 + serial },
    );
    const answer = await push(app.url, '/connections/webhooks/connection-synced', body, { secret });
    expect(answer.status).toBe(204);
  });

  it.each([['lock_timeout'], ['statement_timeout']])(
    'should be outlasted when a table is locked for longer than %s allows [N15, N38]',
    async (setting) => {
      await sql(
        watcher,
        `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET ${setting} = 1000', current_database()); END $$`,
      );
      const there = await startFlowApp({ like: watcher, options });
      const { browser, callback, started } = await returning(there, newUser());
      const readiness = there.app.get(ConnectionsReadiness);
      expect((await readiness.check()).ready).toBe(true);
      await withClient(watcher.database.url, async (holder) => {
        await holder.query('BEGIN');
        await holder.query('LOCK powens_user, powens_attempt IN ACCESS EXCLUSIVE MODE');
        const landed = browser.get(callback);
        for (let look = 0; look < LOOKS; look += 1) {
          await sleep(300);
          expect(await readiness.check()).toMatchObject({ ready: true });
        }
        await holder.query('COMMIT');
        expect((await landed).status).toBe(303);
      });
      expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'connected' });
      await there.stop();
      await sql(
        watcher,
        `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I RESET ${setting}', current_database()); END $$`,
      );
    },
  );

  it(`should lose no callback to a restart of ${RESTART_SECONDS} s, and say meanwhile that the replica is not ready [N15, N38]`, async () => {
    await connectedOwner(app, newUser());
    const readiness = app.app.get(ConnectionsReadiness);
    const waiting = await Promise.all([returning(app, newUser()), returning(app, newUser())]);
    await link.refuse();
    const pool = (app.app.get(DataSource).driver as unknown as { master: { totalCount: number } }).master;
    await until(() => pool.totalCount === 0);
    const landed = Promise.all(waiting.map(async ({ browser, callback }) => browser.get(callback)));
    const isOver = sleep(RESTART_SECONDS * 1000);
    await until(async () => !(await readiness.check()).ready);
    await isOver;
    await link.restore();
    expect((await landed).map(({ status }) => status)).toEqual([303, 303]);
    for (const { browser, started } of waiting) {
      expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'connected' });
    }
    await until(async () => (await readiness.check()).ready);
    expect(await orphanTokens(app)).toEqual([]);
  });
});
