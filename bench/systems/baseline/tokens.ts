import type pg from 'pg';
import { open } from './sealing.js';

/** Reads and opens an owner's token: one prepared statement. */
export async function readToken(pool: pg.Pool, key: Buffer, ownerId: string): Promise<number> {
  const { rows } = await pool.query<{ id: string; sealed_token: string }>({
    name: 'read_token',
    text: `SELECT id, sealed_token FROM baseline_user
      WHERE instance = 'baseline' AND tenant = '' AND owner_id = $1 AND status = 'active'`,
    values: [ownerId],
  });
  const [row] = rows;
  return row === undefined ? 0 : open(row.sealed_token, key, row.id).length;
}
