import { ConnectionsReadiness, ConnectionsService } from 'nestjs-powens-connections';
import { DataSource } from 'typeorm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { postgresCapabilities } from '../../helpers/database.js';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { connectedOwner, sql } from '../../helpers/flow/observe.js';
import { connect, until } from '../../helpers/flow/person.js';
import { withClient } from '../../helpers/postgres/client.js';
import { faultyLink, type FaultyLink } from '../../helpers/postgres/faulty-link.js';

const QUIET = {
  outbox: { relay: false },
  lifecycle: { sweeper: false },
  reconciliation: { enabled: false },
} as const;

/** Less than the five seconds for which a statement is tried again: the last pause may be one of them. */
const CERTAIN_RETRY_MS = 3500;

describe.skipIf(!postgresCapabilities().concurrent)('a pooled session that is ended', () => {
  let watcher: FlowApp;
  let app: FlowApp;
  let link: FaultyLink;
  const uncaught: unknown[] = [];
  const keep = (error: unknown): void => {
    uncaught.push(error);
  };

  beforeAll(async () => {
    process.on('uncaughtExceptionMonitor', keep);
    watcher = await startFlowApp({ options: QUIET });
    link = await faultyLink(watcher.database.url);
    app = await startFlowApp({ like: watcher, typeorm: { url: link.url }, options: QUIET });
    await connectedOwner(app, 'ann');
  });

  afterAll(async () => {
    process.off('uncaughtExceptionMonitor', keep);
    await app.stop();
    await link.close();
    await watcher.close();
  });

  async function list(): Promise<number> {
    return (await app.browser('ann').get('/connections')).status;
  }

  /** The pool is empty then: the next statement opens a session. */
  async function endAllSessions(): Promise<void> {
    await link.refuse();
    await link.restore();
  }

  it('should end no process when that happens in the moment it becomes ready [N6]', async () => {
    for (let round = 0; round < 5; round += 1) {
      await endAllSessions();
      link.terminateNext(3);
      const statuses = await Promise.all(Array.from({ length: 8 }, list));
      expect(new Set(statuses)).toEqual(new Set([200]));
      await until(() => link.left() === 0);
    }
    expect(uncaught).toEqual([]);
  });

  it('should end no process when that happens right behind an answer, as it goes back to the pool [N6]', async () => {
    for (let round = 0; round < 20; round += 1) {
      expect(await list()).toBe(200);
      link.terminateNext(1);
      expect(await list()).toBe(200);
      await until(() => link.left() === 0);
    }
    expect(uncaught).toEqual([]);
  });

  it('should end no process while it is idle, or runs a statement, or the host holds it [N6]', async () => {
    const end = async (where: string): Promise<void> => {
      await withClient(watcher.database.url, async (client) => {
        await client.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE datname = current_database() AND pid <> pg_backend_pid() AND ${where}`,
        );
      });
    };
    const runner = app.app.get(DataSource).createQueryRunner();
    await runner.startTransaction();
    const slow = runner.query('SELECT pg_sleep(60)').catch(() => 'ended');
    await list();
    await end(`state = 'idle'`);
    expect(await list()).toBe(200);
    await until(async () => {
      await end(`query LIKE '%pg_sleep(60)%'`);
      return (await Promise.race([slow, Promise.resolve('not yet')])) === 'ended';
    });
    await runner.release();
    expect(await list()).toBe(200);
    expect(uncaught).toEqual([]);
  });
});

describe.skipIf(!postgresCapabilities().concurrent)('a database that may only be read for a while', () => {
  let app: FlowApp;

  beforeAll(async () => {
    const watcher = await startFlowApp({ options: QUIET });
    app = await startFlowApp({ like: watcher, options: QUIET, typeorm: { extra: { max: 2 } } });
    const { close } = watcher;
    Object.assign(app, {
      close: async () => {
        await app.stop();
        await close();
      },
    });
  });

  afterEach(async () => {
    await readOnly('off');
  });

  afterAll(async () => {
    await app.close();
  });

  /** As after a failover: sessions that begin from here on may only read, and never learn otherwise. */
  async function readOnly(value: 'on' | 'off'): Promise<void> {
    await withClient(app.database.url, async (client) => {
      await client.query('SET default_transaction_read_only = off');
      await client.query(
        `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = ${value}', current_database()); END $$`,
      );
      if (value === 'on') {
        await client.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
        );
      }
    });
  }

  async function isReady(): Promise<boolean> {
    return (await app.app.get(ConnectionsReadiness).check()).ready;
  }

  it('should be said not to be ready, and be used again as soon as it takes writes, by a pool of two [N7]', async () => {
    expect(await isReady()).toBe(true);
    await readOnly('on');
    expect(await app.app.get(ConnectionsReadiness).check()).toMatchObject({
      ready: false,
      checks: { database: false, schema: true },
    });
    const starts = Array.from({ length: 6 }, async () => app.browser('eve').post('/connections/connect'));
    expect(new Set((await Promise.all(starts)).map(({ status }) => status))).toEqual(new Set([503]));
    // Reads go on, and fill the pool with sessions that may only read.
    const reads = Array.from({ length: 4 }, async () => app.browser('eve').get('/connections'));
    expect(new Set((await Promise.all(reads)).map(({ status }) => status))).toEqual(new Set([200]));

    await readOnly('off');
    expect((await connect(app, app.browser('eve'))).landed.status).toBe(303);
    expect(await isReady()).toBe(true);
  });

  it('should keep no one from starting when it lasts for a moment [N7, N15]', async () => {
    let status = 0;
    while (status !== 201) {
      const began = performance.now();
      await readOnly('on');
      const begun = app.browser('moment').post('/connections/connect');
      await new Promise((resolve) => setTimeout(resolve, 500));
      await readOnly('off');
      const tookMs = performance.now() - began;
      ({ status } = await begun);
      // A statement is tried again for five seconds: a moment that a busy machine made longer than that is none.
      if (status !== 201) expect(tookMs).toBeGreaterThan(CERTAIN_RETRY_MS);
    }
  });
});

describe.skipIf(!postgresCapabilities().concurrent)('a pool whose sessions the host holds', () => {
  let watcher: FlowApp;
  let app: FlowApp;

  beforeAll(async () => {
    watcher = await startFlowApp({ options: QUIET });
    app = await startFlowApp({
      like: watcher,
      options: { ...QUIET, database: { acquireTimeoutMs: 300 } },
      typeorm: { extra: { max: 2 } },
    });
    await connectedOwner(app, 'ann');
  });

  afterAll(async () => {
    await app.stop();
    await watcher.close();
  });

  it('should be answered as 503 with the reason in the log, and let calls inside of a transaction fail [H16]', async () => {
    const runners = [1, 2].map(() => app.app.get(DataSource).createQueryRunner());
    for (const runner of runners) await runner.startTransaction();

    await expect(app.app.get(ConnectionsService).list({ id: 'ann' })).rejects.toMatchObject({
      code: 'storage_failed',
    });
    const answer = await app.browser('ann').get('/connections');
    expect(answer.status).toBe(503);
    expect(answer.json()).toMatchObject({ code: 'storage_failed' });
    expect(app.logger.lines.join('\n')).toMatch(
      /No database session was free within 300 ms: the pool has 2, 0/,
    );

    for (const runner of runners) {
      await runner.rollbackTransaction();
      await runner.release();
    }
    expect((await app.browser('ann').get('/connections')).status).toBe(200);
  });

  it('should lose nothing to a transaction that the host forgot to end [H16]', async () => {
    const runner = app.app.get(DataSource).createQueryRunner();
    await runner.query('BEGIN');
    await runner.release();
    for (let count = 0; count < 3; count += 1) {
      expect((await connect(app, app.browser(`forgotten-${count}`))).landed.status).toBe(303);
    }
    const rows = await sql(watcher, `SELECT 1 FROM powens_connection WHERE owner_id LIKE 'forgotten-%'`);
    expect(rows).toHaveLength(3);
    expect(app.logger.lines.join('\n')).toContain('gave a database session back inside of a transaction');
  });
});
