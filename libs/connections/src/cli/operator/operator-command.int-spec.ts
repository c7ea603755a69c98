import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postgresCapabilities } from '../../../../../test/helpers/database.js';
import { startFlowApp, type FlowApp } from '../../../../../test/helpers/flow/flow-app.js';
import { advance, connected, eventOf, type Connected } from '../../../../../test/helpers/flow/lifecycle.js';
import { sql } from '../../../../../test/helpers/flow/observe.js';
import { until } from '../../../../../test/helpers/flow/person.js';
import { rounds } from '../../../../../test/helpers/sweeps.js';
import { hmacWebhooks, powensUserOf } from '../../../../../test/helpers/webhooks/pushed.js';
import { runCommand, type CommandRan, type CommandWish } from '../__support__/command-under-test.js';
import { environmentOf } from '../__support__/doctor-under-test.js';

// On PGlite the sessions of the application and of the command would wait for one another.
describe.skipIf(!postgresCapabilities().concurrent)('connections', () => {
  const { secret, options } = hmacWebhooks();
  let app: FlowApp;
  let anna: Connected;
  let poison: string | null = null;

  beforeAll(async () => {
    app = await startFlowApp({
      options: { ...options, lifecycle: { sweeper: false }, outbox: { pollIntervalMs: 50, maxTries: 1 } },
      onEvent: ({ id }) => {
        if (id === poison) throw new Error('poison');
      },
    });
    anna = await connected(app, 'anna');
    await eventOf(app, 'anna', 'connection.created');
  });

  afterAll(async () => {
    await app.close();
  });

  const run = async (line: string, wish: CommandWish = {}): Promise<CommandRan> =>
    runCommand(line.split(' '), environmentOf(app, secret), wish);

  it('should name the variables that are missing', async () => {
    const { code, stderr } = await runCommand(['search'], { DATABASE_URL: app.database.url });
    expect(code).toBe(2);
    for (const name of ['POWENS_DOMAIN', 'POWENS_CLIENT_ID', 'PUBLIC_URL', 'CONNECTIONS_KEYS']) {
      expect(stderr).toContain(name);
    }
  });

  // Before there are more owners: they are compared at a rate.
  it('should compare one owner, or all of them, with Powens', async () => {
    expect((await run('reconcile --owner anna --json')).documents()).toMatchObject([{ result: 'compared' }]);
    expect((await run('reconcile --owner nobody')).code).toBe(1);
    const { code, stdout, stderr } = await run('reconcile');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^1 compared here: 0 added/)]);
    expect(stderr).toContain('100 %');
  });

  describe('search', () => {
    it('should find an owner by each of its ids, and by no other', async () => {
      const powensUserId = await powensUserOf(app, anna);
      const [row] = await sql<{ id: string; powens_connection_id: string; attempt_id: string }>(
        app,
        `SELECT id, powens_connection_id, attempt_id FROM powens_connection WHERE owner_id = 'anna'`,
      );
      const found = [
        '--owner anna',
        `--powens-user ${powensUserId}`,
        `--connection ${row?.id}`,
        `--powens-connection ${row?.powens_connection_id}`,
        `--attempt ${row?.attempt_id}`,
        `--owner anna --powens-user ${powensUserId}`,
      ];
      for (const by of found) {
        const { code, documents } = await run(`search ${by} --json`);
        expect([code, documents()], by).toMatchObject([
          0,
          [{ items: [{ owner: { id: 'anna' }, powensUserId, status: 'active' }], nextCursor: null }],
        ]);
        expect(documents()[0]?.['items'], by).toMatchObject([
          { connections: [{ id: row?.id, status: 'active' }], attempts: [{ status: 'connected' }] },
        ]);
      }
      const others = [
        '--owner nobody',
        '--owner anna --tenant other',
        '--powens-user 1',
        '--connection no-uuid',
      ];
      for (const by of [
        ...others,
        `--attempt ${randomUUID()}`,
        `--owner nobody --powens-user ${powensUserId}`,
      ]) {
        expect((await run(`search ${by} --json`)).documents(), by).toEqual([{ items: [], nextCursor: null }]);
      }
      expect((await run('search --owner anna --instance other')).stdout).toBe('There is none.\n');
    });

    it('should list every owner in pages', async () => {
      for (const owner of ['ben', 'carl']) await connected(app, owner);
      const seen: string[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const { documents } = await run(
          `search --limit 2 --json${cursor === '' ? '' : ` --cursor ${cursor}`}`,
        );
        const [page] = documents() as [{ items: { owner: { id: string } }[]; nextCursor: string | null }];
        expect(page.items.length).toBeLessThanOrEqual(2);
        seen.push(...page.items.map(({ owner }) => owner.id));
        cursor = page.nextCursor;
      }
      expect(seen.sort()).toEqual(['anna', 'ben', 'carl']);
      const { code, stderr } = await run('search --cursor abc');
      expect([code, stderr]).toEqual([3, expect.stringContaining('cursor')]);
    });
  });

  it('should list, show, replay and discard the events that no handler accepted', async () => {
    const [event] = app.events;
    poison = event?.id ?? '';
    const die = async (): Promise<void> => {
      await sql(
        app,
        `UPDATE powens_outbox SET status = 'pending', completed_at = NULL, deliveries = 0, available_at = now() WHERE id = $1`,
        [poison],
      );
      await until(
        async () =>
          (await sql(app, `SELECT 1 FROM powens_outbox WHERE id = $1 AND status = 'dead'`, [poison])).length >
          0,
      );
    };
    await die();
    expect((await run('outbox list')).stdout).toMatch(new RegExp(`^${poison} .*connection.created`));
    const { code, documents } = await run(`outbox show ${poison} --json`);
    expect([code, documents()]).toMatchObject([0, [{ event: { id: poison } }]]);
    expect((await run(`outbox show ${randomUUID()}`)).code).toBe(1);
    const id = poison;
    poison = null;
    expect((await run(`outbox replay ${id}`)).code).toBe(0);
    await until(
      async () =>
        (await sql(app, `SELECT 1 FROM powens_outbox WHERE id = $1 AND status = 'delivered'`, [id])).length >
        0,
    );
    poison = id;
    await die();
    expect((await run(`outbox discard ${id} --json`)).documents()).toEqual([{ discarded: id }]);
    expect((await run(`outbox discard ${id}`)).code).toBe(1);
    expect((await run('outbox list')).stdout).toBe('There is none.\n');
  });

  it('should list webhooks that were given up, and discard one', async () => {
    await sql(
      app,
      `INSERT INTO powens_inbox (instance, tenant, event, dedupe_key, order_key, encoding, status, error_code, tries,
        received_at, available_at, completed_at)
       VALUES ('default', '', 'CONNECTION_SYNCED', 'k', 'k', 'identity', 'parked', 'not_found', 3, now(), now(), now())`,
    );
    const { documents } = await run('inbox list --json');
    const [{ items }] = documents() as [{ items: { id: string }[] }];
    expect(items).toMatchObject([{ event: 'CONNECTION_SYNCED', status: 'parked', errorCode: 'not_found' }]);
    expect((await run(`inbox discard ${items[0]?.id}`)).code).toBe(0);
    expect((await run('inbox list')).stdout).toBe('There is none.\n');
    expect((await run(`inbox discard ${items[0]?.id}`)).code).toBe(1);
    expect((await run('inbox discard x')).code).toBe(1);
  });

  it("should synchronise an owner's connection, and no other owner's", async () => {
    expect((await run(`sync ${anna.connection.id} --owner ben`)).code).toBe(1);
    await sql(app, 'UPDATE powens_connection SET sync_not_before = NULL');
    await advance(app, 300);
    const { code, stdout, stderr } = await run(`sync ${anna.connection.id} --owner anna`);
    expect([code, stdout, stderr]).toEqual([0, expect.stringContaining('Powens synchronises it'), '']);
    const again = await run(`sync ${anna.connection.id} --owner anna`);
    expect([again.code, again.stderr]).toEqual([1, expect.stringMatching(/in [1-9]\d* seconds/)]);
  });

  it('should approve the losses that are named, and no other', async () => {
    expect((await run('losses list')).code).toBe(0);
    const [seen, unseen] = [randomUUID(), randomUUID()];
    const hold = async (id: string, owner: string): Promise<void> => {
      await sql(
        app,
        `INSERT INTO powens_loss (id, instance, subject, subject_id, user_id, evidence, status, weight, first_seen_at, last_seen_at, held_at)
         SELECT $1, 'default', 'connection', id, user_id, 'connection_missing', 'held', 1, now(), now(), now()
         FROM powens_connection WHERE owner_id = $2`,
        [id, owner],
      );
    };
    await hold(seen, 'carl');
    const listed = await run('losses list');
    expect([listed.code, listed.stdout]).toEqual([1, expect.stringContaining(`${seen}  held`)]);
    await hold(unseen, 'ben');
    expect((await run('losses approve')).code).toBe(2);
    expect((await run(`losses approve ${seen} --json`)).documents()).toEqual([{ approved: 1, left: 0 }]);
    const again = await run(`losses approve ${randomUUID()} no-id --json`);
    expect([again.code, again.documents()]).toEqual([1, [{ approved: 0, left: 2 }]]);
    expect((await run('losses list --json')).documents()).toMatchObject([
      { items: [{ id: unseen, status: 'held' }] },
    ]);
    await sql(app, 'DELETE FROM powens_loss');
  });

  it('should import the tokens of a file that is piped in, and name the lines that fail', async () => {
    const lines = ['{"owner":"dora","token":"not-a-token-of-powens"}', '{"owner":"","token":"x"}'];
    const { code, stdout } = await run('import -', { stdin: lines.join('\n') });
    expect([code, stdout]).toEqual([1, expect.stringContaining('0 imported, 0 unchanged, 2 failed')]);
    expect(stdout).toContain('line 1: powens_refused');
    expect(stdout).not.toContain('not-a-token');
    const broken = await run('import -', { stdin: 'hunter2' });
    expect([broken.code, broken.stderr]).toEqual([2, expect.stringContaining('Line 1 is not')]);
    expect(broken.stderr).not.toContain('hunter2');
  });

  it('should remove what is old with progress, end where it is interrupted, and finish when it is run again', async () => {
    const rows = rounds(5000, 100_000);
    await sql(
      app,
      `INSERT INTO powens_inbox (instance, tenant, event, dedupe_key, order_key, encoding, status, tries, received_at,
        available_at, completed_at)
       SELECT 'default', '', 'CONNECTION_SYNCED', 'old-' || n, 'old-' || n, 'identity', 'processed', 1,
         now() - interval '90 days', now() - interval '90 days', now() - interval '90 days'
       FROM generate_series(1, ${rows}) n`,
    );
    const left = async (): Promise<number> =>
      (await sql(app, `SELECT 1 FROM powens_inbox WHERE dedupe_key LIKE 'old-%'`)).length;
    const interruption = new AbortController();
    const first = await run('purge', {
      signal: interruption.signal,
      onProgress: (text) => {
        if (!text.startsWith('0 %')) interruption.abort();
      },
    });
    expect(first.code).toBe(130);
    expect(await left()).toBeGreaterThan(0);
    expect(await left()).toBeLessThan(rows);
    const second = await run('purge');
    expect([second.code, second.stderr]).toEqual([0, expect.stringContaining('100 %')]);
    expect(await left()).toBe(0);
    expect((await run('purge --json')).documents()).toEqual([{ attempts: 0, events: 0, webhooks: 0 }]);
  });
});
