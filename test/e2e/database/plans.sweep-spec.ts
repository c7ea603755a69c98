import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { postgresCapabilities } from '../../helpers/database.js';
import { addAged, addBacklog, fillTables } from '../../helpers/plans/fill-tables.js';
import type { WorkingApp } from '../../helpers/plans/work.js';
import { withClient } from '../../helpers/postgres/client.js';

// The names of prepared statements are one set for the process, which other test files have used up.
vi.resetModules();
const { startWork, WORK } = await import('../../helpers/plans/work.js');
const { sql } = await import('../../helpers/flow/observe.js');
const { readMoreThan, readsSoFar } = await import('../../helpers/plans/reads.js');

/** The server keeps the plan of a statement from the sixth time on. */
const OFTEN = 10;
const ROWS = 100_000;
/** Times that a kind of work is done once the tables are full. */
const AGAIN = 3;
/** Far more than such work has to read, and less than a walk over an index: per kind, and per statement of it. */
const MAX_READ = { inAll: 200, perStatement: 3 };

const KINDS = Object.entries(WORK);
const BESIDE_A_BACKLOG = KINDS.filter(
  ([what]) => what === 'a webhook' || what === 'the first bank of an owner',
);

// A plan belongs to a session, and PGlite is one for all.
describe.skipIf(!postgresCapabilities().concurrent)(
  'plans made while the tables were empty [N8, N35]',
  () => {
    let work: WorkingApp;
    let session: number;

    /** What is read too much of, while something is done. */
    async function readTooMuch(run: () => Promise<unknown>): Promise<string[]> {
      const before = await readsSoFar(work.app);
      const sent = work.statements();
      await run();
      // What runs by itself goes on meanwhile, for as long as a slow machine takes.
      const limit = MAX_READ.inAll + MAX_READ.perStatement * (work.statements() - sent);
      return readMoreThan(limit, before, await readsSoFar(work.app));
    }

    async function times(count: number, run: (time: number) => Promise<unknown>): Promise<void> {
      for (let time = 0; time < count; time += 1) {
        await run(time);
      }
    }

    /** Runs statements in a session of their own, whose reads are counted when it returns. */
    async function apart(run: Parameters<typeof withClient<void>>[1]): Promise<void> {
      await withClient(work.app.database.url, async (client) => {
        await run(client);
        await client.query('SELECT pg_stat_force_next_flush()');
      });
    }

    async function sessionOf(): Promise<number> {
      const [row] = await sql<{ pid: number }>(work.app, 'SELECT pg_backend_pid() AS pid');
      return row?.pid ?? 0;
    }

    beforeAll(async () => {
      work = await startWork();
      session = await sessionOf();
      await apart(async (client) => {
        // Statistics would be made at a moment that nobody knows, and every plan with them again.
        for (const table of ['attempt', 'user', 'connection', 'loss', 'outbox', 'inbox', 'link']) {
          await client.query(`ALTER TABLE powens_${table} SET (autovacuum_enabled = false)`);
        }
      });
      for (const [what, run] of KINDS) {
        await times(OFTEN, async (time) => run(work, `${what} ${time}`));
      }
      await apart(async (client) => fillTables(client, ROWS));
    });

    afterAll(async () => {
      await work.app.close();
    });

    it.each(KINDS)('should fit full tables: %s', async (what, run) => {
      expect(await readTooMuch(() => times(AGAIN, (time) => run(work, `${what} later ${time}`)))).toEqual([]);
    });

    it('should fit full tables: removal of what is old', async () => {
      await apart(async (client) => addAged(client, 50));
      expect(await readTooMuch(() => work.sweeps(3))).toEqual([]);
    });

    it.each(BESIDE_A_BACKLOG)('should fit full queues: %s', async (what, run) => {
      await apart(async (client) => addBacklog(client, ROWS));
      expect(await readTooMuch(() => times(AGAIN, (time) => run(work, `${what} at last ${time}`)))).toEqual(
        [],
      );
    });

    it('should have been made in one session, and kept', async () => {
      expect(await sessionOf()).toBe(session);
      const [kept] = await sql<{ count: number }>(
        work.app,
        'SELECT count(*)::int AS count FROM pg_prepared_statements WHERE generic_plans > 0',
      );
      expect(kept?.count).toBeGreaterThan(30);
    });
  },
);
