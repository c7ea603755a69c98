import { sql } from '../flow/observe.js';
import type { FlowApp } from '../flow/flow-app.js';
import { withClient } from '../postgres/client.js';

/** Rows, index entries and pages read so far, by what was read: `rows of powens_user` are those of a whole table. */
export type Reads = ReadonlyMap<string, number>;

const READS = `
  SELECT 'rows of ' || relname AS what, seq_tup_read AS reads FROM pg_stat_user_tables WHERE relname LIKE 'powens%'
  UNION ALL SELECT 'entries of ' || indexrelname, idx_tup_read FROM pg_stat_user_indexes WHERE relname LIKE 'powens%'
  UNION ALL SELECT 'pages of ' || indexrelname, idx_blks_read + idx_blks_hit
    FROM pg_statio_user_indexes WHERE relname LIKE 'powens%'`;

/** Reads the counters, once the one session of the application has handed in what it did. */
export async function readsSoFar(app: FlowApp): Promise<Reads> {
  await sql(app, 'SELECT pg_stat_force_next_flush()');
  return withClient(app.database.url, async (client) => {
    const { rows } = await client.query<{ what: string; reads: string }>(READS);
    return new Map(rows.map(({ what, reads }) => [what, Number(reads)]));
  });
}

/** What more than `limit` was read of between two moments. */
export function readMoreThan(limit: number, before: Reads, after: Reads): string[] {
  return [...after]
    .map(([what, reads]) => ({ what, read: reads - (before.get(what) ?? 0) }))
    .filter(({ read }) => read > limit)
    .map(({ what, read }) => `${read} ${what}`);
}
