import sql, { raw, type Sql } from 'sql-template-tag';
import { type Claim, claimHeads, type Queue } from './queue-heads.js';

/** Number of due messages that are read from either end of the order by due time. */
export const DUE_WINDOW = 100;

/** Number of keys that one step of a walk reads. */
export const WALK_STEP = 200;

/**
 * Commits the claim without waiting for the disk. A server that crashes may forget it: then another process claims the message, as
 * after the end of a lease, and the process that held it cannot store its outcome. The commit that stores an outcome waits.
 */
const NOT_FLUSHED = sql`(SELECT set_config('synchronous_commit', 'off', true)) not_flushed`;

/**
 * Claims the heads of keys with a due message, by due time: of the `DUE_WINDOW` oldest and newest due messages. New messages
 * and retries are found here however many messages wait. Its cost does not grow with their number.
 *
 * Every row of the answer has `complete`: whether these were all due messages. If not, the rest waits behind other messages,
 * and only {@link claimByWalk} certainly finds what can be claimed. There is one row of nulls when nothing is claimed.
 */
export function claimDue(queue: Queue, claim: Claim): Sql {
  const { table, instance } = queue;
  const due = (direction: 'ASC' | 'DESC'): Sql => sql`(
    SELECT m.order_key, m.available_at FROM ${table} m
    WHERE m.instance = ${instance} AND m.status = 'pending' AND m.${raw(queue.counter)} >= 0 AND m.available_at <= now()
    ORDER BY m.available_at ${raw(direction)} LIMIT ${raw(String(DUE_WINDOW))}
  )`;
  return sql`
    WITH due AS MATERIALIZED (${due('ASC')} UNION ALL ${due('DESC')}),
    keys AS (SELECT due.order_key FROM due GROUP BY due.order_key ORDER BY min(due.available_at)),
    ${claimHeads(queue, claim)}
    SELECT look.complete, claimed.*
    FROM ${NOT_FLUSHED} CROSS JOIN (SELECT count(*) < ${raw(String(2 * DUE_WINDOW))} AS complete FROM due) look LEFT JOIN claimed ON true`;
}

/**
 * Claims the heads of some keys, and of the next `WALK_STEP` keys after one: with enough steps, every key is reached.
 * Its cost does not grow with the number of waiting messages.
 *
 * Every row of the answer has `walked`: the key after which the next step continues; null after the last key. There is
 * one row of nulls when nothing is claimed. Heads are claimed in the order of `keys`, then of the walk.
 *
 * @param keys - keys to check first: those whose last message was just completed
 * @param after - the key after which to walk, or null to start
 */
export function claimByWalk(
  queue: Queue,
  claim: Claim,
  { keys, after }: { keys: readonly string[]; after: string | null },
): Sql {
  const { table, instance } = queue;
  const type = raw(queue.keyType);
  // Only one index has this order, so no other can be used.
  const next = (start: Sql): Sql => sql`(
    SELECT m.order_key FROM ${table} m
    WHERE m.instance = ${instance} AND m.status = 'pending' ${start} ORDER BY m.order_key, m.position LIMIT 1
  )`;
  const begin = after === null ? sql`` : sql`AND m.order_key > ${after}::${type}`;
  return sql`
    WITH RECURSIVE walk (order_key, step) AS (
      SELECT first.order_key, 1 FROM ${next(begin)} first
      UNION ALL
      SELECT following.order_key, walk.step + 1
      FROM walk CROSS JOIN LATERAL ${next(sql`AND m.order_key > walk.order_key`)} following
      WHERE walk.step < ${raw(String(WALK_STEP))}
    ),
    keys AS (
      SELECT ranked.order_key FROM (
        SELECT unnest(${[...keys]}::${type}[]) AS order_key, 0 AS step UNION ALL SELECT walk.order_key, walk.step FROM walk
      ) ranked
      GROUP BY ranked.order_key ORDER BY min(ranked.step)
    ),
    ${claimHeads(queue, claim)}
    SELECT look.walked, claimed.*
    FROM ${NOT_FLUSHED} CROSS JOIN (
      SELECT max(walk.order_key::text) FILTER (WHERE walk.step = ${raw(String(WALK_STEP))}) AS walked FROM walk
    ) look LEFT JOIN claimed ON true`;
}

/** Claims the head of one key. */
export function claimOfKey(queue: Queue, claim: Claim, key: string): Sql {
  return sql`
    WITH keys AS (SELECT ${key}::${raw(queue.keyType)} AS order_key),
    ${claimHeads(queue, claim)}
    SELECT claimed.* FROM ${NOT_FLUSHED} CROSS JOIN claimed`;
}
