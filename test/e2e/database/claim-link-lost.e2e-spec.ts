import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { postgresCapabilities } from '../../helpers/database.js';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { hold } from '../../helpers/flow/hold.js';
import { attemptOf, EXCHANGE, exchanges, orphanTokens, returning, sql } from '../../helpers/flow/observe.js';
import { until } from '../../helpers/flow/person.js';
import { withClient } from '../../helpers/postgres/client.js';
import { cuttableLink, type CuttableLink } from '../../helpers/postgres/cuttable-link.js';

const QUIET = { outbox: { relay: false }, reconciliation: { enabled: false } } as const;

/** A claim that is under way holds a lock that the test has as well: it goes on when the test lets go. */
const GATE = 4711;

describe.skipIf(!postgresCapabilities().concurrent)('a session that ends while an attempt is claimed', () => {
  let watcher: FlowApp;
  let app: FlowApp;
  let link: CuttableLink;
  let serial = 0;

  beforeAll(async () => {
    watcher = await startFlowApp({ options: { ...QUIET, lifecycle: { sweeper: false } } });
    link = await cuttableLink(watcher.database.url);
    app = await startFlowApp({
      like: watcher,
      typeorm: { url: link.url },
      options: { ...QUIET, lifecycle: { sweepIntervalMs: 200 } },
    });
    await sql(
      watcher,
      `CREATE FUNCTION wait_at_gate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF nextval('gate_passages') = 1 THEN PERFORM pg_advisory_xact_lock(${GATE}); END IF; RETURN NEW; END $$`,
    );
    await sql(watcher, 'CREATE SEQUENCE gate_passages');
  });

  afterEach(async () => {
    await sql(watcher, 'DROP TRIGGER IF EXISTS gate ON powens_attempt');
    await sql(watcher, 'ALTER SEQUENCE gate_passages RESTART');
  });

  afterAll(async () => {
    await app.stop();
    await link.close();
    await watcher.close();
  });

  async function leaseOf(attemptId: string): Promise<unknown> {
    const [row] = await sql(watcher, 'SELECT lease_token FROM powens_attempt WHERE id = $1', [attemptId]);
    return row?.['lease_token'];
  }

  /** Runs `work` while the next statement that takes a lease stands at the gate; it goes on afterwards. */
  async function whileClaiming(begin: () => void, work: () => Promise<void>): Promise<void> {
    await withClient(watcher.database.url, async (holder) => {
      await holder.query(`SELECT pg_advisory_lock(${GATE})`);
      await sql(
        watcher,
        `CREATE TRIGGER gate BEFORE UPDATE ON powens_attempt FOR EACH ROW
          WHEN (NEW.status = 'claimed' AND NEW.lease_token IS DISTINCT FROM OLD.lease_token) EXECUTE FUNCTION wait_at_gate()`,
      );
      begin();
      await until(async () => (await waiting('advisory')) > 0);
      await work();
    });
  }

  async function waiting(kind: 'advisory' | 'transactionid' | 'tuple'): Promise<number> {
    return (
      await sql(
        watcher,
        `SELECT 1 FROM pg_stat_activity
         WHERE datname = current_database() AND wait_event_type = 'Lock' AND wait_event = $1`,
        [kind],
      )
    ).length;
  }

  /** The first statement took effect or it did not: the browser sees the same. */
  async function expectConnected(
    { browser, started }: Awaited<ReturnType<typeof returning>>,
    before: number,
  ): Promise<void> {
    expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'connected', error: null });
    expect(exchanges(app)).toBe(before + 1);
    expect(await orphanTokens(watcher)).toEqual([]);
    const told = await sql(watcher, `SELECT type FROM powens_outbox WHERE payload LIKE $1`, [
      `%${started.attemptId}%`,
    ]);
    expect(told).toEqual([{ type: 'connection.created' }]);
  }

  it('should complete the callback at once when the claim took effect behind the cut [N15]', async () => {
    const at = await returning(app, `cut-${(serial += 1)}`);
    const before = exchanges(app);
    let landed: Promise<{ status: number }> = Promise.resolve({ status: 0 });
    await whileClaiming(
      () => {
        landed = at.browser.get(at.callback);
      },
      async () => {
        link.cut();
        // The same claim, sent once more, waits for the first.
        await until(async () => (await waiting('transactionid')) + (await waiting('tuple')) > 0);
      },
    );
    expect((await landed).status).toBe(303);
    await expectConnected(at, before);
  });

  it('should complete the callback at once when the server ended the session and the claim with it [N15]', async () => {
    const at = await returning(app, `ended-${(serial += 1)}`);
    const before = exchanges(app);
    let landed: Promise<{ status: number }> = Promise.resolve({ status: 0 });
    await whileClaiming(
      () => {
        landed = at.browser.get(at.callback);
      },
      async () => {
        await sql(
          watcher,
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE datname = current_database() AND wait_event = 'advisory'`,
        );
      },
    );
    expect((await landed).status).toBe(303);
    await expectConnected(at, before);
  });

  it('should complete the callback at once when the claim took effect and its answer was lost [N15]', async () => {
    const at = await returning(app, `lost-${(serial += 1)}`);
    const before = exchanges(app);
    let landed: Promise<{ status: number }> = Promise.resolve({ status: 0 });
    await whileClaiming(
      () => {
        landed = at.browser.get(at.callback);
      },
      async () => {
        link.mute();
        return Promise.resolve();
      },
    );
    await until(async () => (await leaseOf(at.started.attemptId)) !== null);
    link.cut();
    expect((await landed).status).toBe(303);
    await expectConnected(at, before);
  });

  it('should count no exchange that the sweeper did not make, when the answer to its claim was lost [N15]', async () => {
    // Claimed by a process that then stands still: its exchange counts.
    const at = await returning(watcher, `swept-${(serial += 1)}`);
    const before = exchanges(app);
    const exchange = await hold(watcher, EXCHANGE);
    const stalled = at.browser.get(at.callback);
    await exchange.arrived();
    const first = await leaseOf(at.started.attemptId);

    await whileClaiming(
      () => {
        sql(watcher, 'UPDATE powens_attempt SET lease_expires_at = now() WHERE id = $1', [
          at.started.attemptId,
        ]).catch(() => undefined);
      },
      async () => {
        link.mute();
        return Promise.resolve();
      },
    );
    await until(async () => (await leaseOf(at.started.attemptId)) !== first);
    link.cut();

    await until(async () => (await attemptOf(at.browser, at.started.attemptId)).status !== 'claimed');
    await exchange.release();
    await stalled;
    await expectConnected(at, before + 1);
  });
});
