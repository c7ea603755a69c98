import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { TaskResult } from '../../control/protocol.js';

const CLAIM = `
  UPDATE baseline_outbox SET lease_token = $1, leased_until = now() + interval '60 seconds', deliveries = deliveries + 1
  WHERE position IN (
    SELECT position FROM baseline_outbox
    WHERE status = 'pending' AND available_at <= now() AND (leased_until IS NULL OR leased_until <= now())
    ORDER BY position LIMIT 100 FOR UPDATE SKIP LOCKED
  ) RETURNING position, payload`;

const MARK = `
  UPDATE baseline_outbox SET status = 'delivered', completed_at = now(), lease_token = NULL, leased_until = NULL
  WHERE position = ANY($1::bigint[]) AND lease_token = $2 AND status = 'pending'`;

/** Claims, publishes and marks, a hundred at a time, until nothing is left. */
export async function relayAll(pool: pg.Pool, publish: () => void): Promise<TaskResult> {
  const started = performance.now();
  let operations = 0;
  for (;;) {
    const lease = randomUUID();
    const { rows } = await pool.query<{ position: string; payload: string }>({
      name: 'claim_events',
      text: CLAIM,
      values: [lease],
    });
    if (rows.length === 0) {
      return { operations, seconds: (performance.now() - started) / 1000, times: [] };
    }
    for (const { payload } of rows) {
      JSON.parse(payload);
      publish();
    }
    await pool.query({
      name: 'mark_events',
      text: MARK,
      values: [rows.map(({ position }) => position), lease],
    });
    operations += rows.length;
  }
}
