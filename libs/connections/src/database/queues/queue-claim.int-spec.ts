import { v4 as uuidv4 } from 'uuid';
import sql, { type Sql } from 'sql-template-tag';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  createTestDatabase,
  postgresCapabilities,
  type TestDatabase,
} from '../../../../../test/helpers/database.js';
import { rounds } from '../../../../../test/helpers/sweeps.js';
import { CONNECTIONS_ENTITIES, CONNECTIONS_MIGRATIONS } from '../index.js';
import { claimByWalk, claimDue, claimOfKey } from './queue-claim.js';
import type { Claim, Queue } from './queue-heads.js';

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
  readonly Plans?: readonly PlanNode[];
}

/** Milliseconds beside the plan. */
interface Explained {
  readonly Plan: PlanNode;
  readonly 'Planning Time': number;
  readonly 'Execution Time': number;
}

/** What a claim cost, and how the server went about it. */
interface Cost {
  readonly blocks: number;
  readonly claimed: number;
  /** Tables read from end to end. */
  readonly scanned: string[];
  readonly indexes: string[];
}

/** Many enough that reading all of them costs more than a claim may. */
const MESSAGES = rounds(20_000, 100_000);

const CLAIM: Claim = {
  limit: 10,
  set: sql`lease_token = ${uuidv4()}, leased_until = now() + interval '10 seconds', available_at = now() + interval '10 seconds'`,
  returning: sql`position, order_key`,
};

const QUEUES = [
  ['powens_outbox', 'uuid', 'deliveries'],
  ['powens_inbox', 'text', 'tries'],
] as const;

describe.skipIf(!postgresCapabilities().concurrent).each(QUEUES)(
  'a claim of %s',
  (name, keyType, counter) => {
    let database: TestDatabase;
    let dataSource: DataSource;
    const queue: Queue = { table: sql([name]), instance: 'default', keyType, counter };

    beforeAll(async () => {
      database = await createTestDatabase();
      dataSource = await new DataSource({
        type: 'postgres',
        url: database.url,
        entities: [...CONNECTIONS_ENTITIES],
        migrations: [...CONNECTIONS_MIGRATIONS],
        installExtensions: false,
        extra: { max: 1 },
      }).initialize();
    });

    beforeEach(async () => {
      // Dropped and made again: no statistics, no dead rows, no memory of either.
      await dataSource.query('DROP SCHEMA public CASCADE');
      await dataSource.query('CREATE SCHEMA public');
      await dataSource.runMigrations();
    });

    afterAll(async () => {
      await dataSource.destroy();
      await database.drop();
    });

    async function fill(rows: number, keys: number, availableAt = 'now()'): Promise<void> {
      const [columns, values] =
        name === 'powens_outbox'
          ? [
              'id, owner_id, type, payload, created_at',
              `gen_random_uuid(), 'ann', 'connection.synced', repeat('x', 300), now()`,
            ]
          : [
              'dedupe_key, event, summary, encoding, received_at',
              `gen_random_uuid(), 'CONNECTION_SYNCED', repeat('x', 300), 'identity', now()`,
            ];
      await dataSource.query(
        `INSERT INTO ${name} (instance, tenant, order_key, status, ${counter}, available_at, ${columns})
         SELECT 'default', '', md5((i % ${keys})::text)::${keyType}, 'pending', 0, ${availableAt}, ${values}
         FROM generate_series(1, ${rows}) i`,
      );
    }

    async function costOf(statement: Sql): Promise<Cost> {
      const [row] = await dataSource.query<{ 'QUERY PLAN': [Explained] }[]>(
        `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${statement.text}`,
        statement.values,
      );
      const explained = row?.['QUERY PLAN'][0];
      const plan = explained?.Plan;
      report(name, explained);
      const nodes = plan === undefined ? [] : flat(plan);
      const [held] = await dataSource.query<{ count: number }[]>(
        `SELECT count(*)::int AS count FROM ${name} WHERE leased_until IS NOT NULL`,
      );
      await dataSource.query(`UPDATE ${name} SET leased_until = NULL, available_at = created
        FROM (SELECT now() AS created) c WHERE leased_until IS NOT NULL`);
      return {
        blocks: (plan?.['Shared Hit Blocks'] ?? 0) + (plan?.['Shared Read Blocks'] ?? 0),
        claimed: held?.count ?? 0,
        scanned: nodes
          .filter((node) => node['Node Type'] === 'Seq Scan')
          .map((node) => node['Relation Name'] ?? ''),
        indexes: [...new Set(nodes.flatMap((node) => node['Index Name'] ?? []))].sort(),
      };
    }

    const due = (): Sql => claimDue(queue, CLAIM);
    const walk = (): Sql => claimByWalk(queue, CLAIM, { keys: [], after: null });
    const used = (...kinds: string[]): string[] =>
      [...kinds.map((kind) => `${name}_${kind}_idx`), `${name}_pkey`].sort();

    /** What makes the server's guesses wrong: no statistics, those of an empty table, those of a full one. */
    const STATISTICS: readonly (readonly [string, (fillIt: () => Promise<void>) => Promise<void>])[] = [
      ['without statistics', async (fillIt) => fillIt()],
      [
        'with statistics of an empty table',
        async (fillIt) => {
          await dataSource.query(`VACUUM ANALYZE ${name}`);
          await fillIt();
        },
      ],
      [
        'with true statistics',
        async (fillIt) => {
          await fillIt();
          await dataSource.query(`ANALYZE ${name}`);
        },
      ],
    ];

    it('should be planned for its indexes before a row is there [N8, N35]', async () => {
      expect((await costOf(due())).indexes).toEqual(
        expect.arrayContaining([`${name}_due_idx`, `${name}_lease_idx`, `${name}_order_idx`]),
      );
      expect((await costOf(walk())).indexes).toEqual(
        expect.arrayContaining([`${name}_lease_idx`, `${name}_order_idx`]),
      );
    });

    it.each(STATISTICS)(
      `should cost the same with ${MESSAGES} messages of 5 connections, %s [N8, N35]`,
      async (_, prepare) => {
        await prepare(async () => fill(MESSAGES, 5));
        for (const [statement, indexes] of [
          [due(), used('due', 'lease', 'order')],
          [walk(), used('lease', 'order')],
        ] as const) {
          const cost = await costOf(statement);
          expect(cost).toMatchObject({ claimed: 5, scanned: [], indexes });
          expect(cost.blocks).toBeLessThan(500);
        }
      },
    );

    it.each(STATISTICS)(
      'should find what is due of one connection beside 4 000 messages behind one that waits, %s [N8]',
      async (_, prepare) => {
        await prepare(async () => {
          await fill(4000, 1);
          await dataSource.query(
            `UPDATE ${name} SET available_at = now() + interval '1 hour'
             WHERE position = (SELECT min(position) FROM ${name})`,
          );
        });
        const blocked = await costOf(due());
        expect(blocked).toMatchObject({ claimed: 0, scanned: [] });
        expect(blocked.blocks).toBeLessThan(200);
        expect(await costOf(walk())).toMatchObject({ claimed: 0, scanned: [] });

        await fill(3, 3, `now() - interval '1 minute'`);
        // Of the three, one is of the blocked connection.
        expect(await costOf(due())).toMatchObject({ claimed: 2 });
        const key = await dataSource.query<{ order_key: string }[]>(
          `SELECT order_key FROM ${name} ORDER BY position DESC LIMIT 1`,
        );
        const one = await costOf(claimOfKey(queue, CLAIM, key[0]?.order_key ?? ''));
        expect(one.scanned).toEqual([]);
        expect(one.blocks).toBeLessThan(100);
      },
    );

    it('should walk over as many connections as there are, a step at a time, and come to the end [N8]', async () => {
      await fill(1000, 500, `now() + interval '1 hour'`);
      const steps: unknown[] = [];
      let after: string | null = null;
      do {
        const { text, values } = claimByWalk(queue, CLAIM, { keys: [], after });
        const rows: { walked: string | null; position: string | null }[] = await dataSource.query(
          text,
          values,
        );
        expect(rows).toHaveLength(1);
        expect(rows[0]?.position).toBeNull();
        after = rows[0]?.walked ?? null;
        steps.push(after);
      } while (after !== null);
      expect(steps).toHaveLength(3);
    });

    it('should leave a connection alone while a later message of it is under way [RL-22]', async () => {
      await fill(2, 1);
      await dataSource.query(
        `UPDATE ${name} SET leased_until = now() + interval '10 seconds', available_at = now() + interval '10 seconds'
         WHERE position = (SELECT max(position) FROM ${name})`,
      );
      for (const statement of [due(), walk()]) {
        const rows: { position: string | null }[] = await dataSource.query(statement.text, statement.values);
        expect(rows.map(({ position }) => position)).toEqual([null]);
      }
    });
  },
);

function flat(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(flat)];
}

/** For docs/benchmarks.md: a time says how busy a machine is, so none is judged here. */
function report(table: string, explained: Explained | undefined): void {
  const test = expect.getState().currentTestName ?? '';
  process.stdout.write(
    `claim of ${table}: ${explained?.['Execution Time']} ms, planned in ${explained?.['Planning Time']} ms (${test})\n`,
  );
}
