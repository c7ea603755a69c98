import sql, { type Sql } from 'sql-template-tag';
import { inSeconds } from '../sql.js';

/**
 * A table whose messages are processed in order per key: at most one of a key at a time, the oldest first.
 *
 * Its columns: `position`, `instance`, `order_key`, `status`, `available_at`, `leased_until`. Its indexes: of
 * pending messages, by key and by due time; of leased messages, by key.
 */
export interface Queue {
  readonly table: Sql;
  readonly instance: string;
  /** Type of `order_key`. */
  readonly keyType: 'uuid' | 'text';
  /** Column that counts tries: `counter >= 0` is in the predicate of the index by time, and of no other query. */
  readonly counter: 'deliveries' | 'tries';
}

/** Assignments and returned columns of a claim. */
export interface Claim {
  readonly limit: number;
  /** Assignments of the `UPDATE`. */
  readonly set: Sql;
  /** Columns to return. */
  readonly returning: Sql;
}

/**
 * Matches pending messages, for a statement that finds its message by the position. It is worded differently from the
 * predicates of the pending indexes, so that none of these is scanned from end to end.
 */
export const STILL_PENDING = sql`status IN ('pending', '')`;

/**
 * Heads of `keys` that are due, unless a later message of the key is leased, as after a late commit or the replay of a
 * dead letter; locked, and claimed if they are unchanged. The bounds on `order_key` are not an equality, so that the order by
 * key and position needs its own index: another index that looks cheaper while statistics are missing or old cannot be used.
 */
export function claimHeads({ table, instance }: Queue, { limit, set, returning }: Claim): Sql {
  // One row is found by its key with any statistics of the table, so this plan may be kept.
  const those = (rows: Sql): Sql =>
    limit === 1
      ? sql`(SELECT ${rows}.position FROM ${rows})`
      : sql`ANY(ARRAY(SELECT ${rows}.position FROM ${rows}))`;
  return sql`
    heads AS MATERIALIZED (
      SELECT head.position
      FROM keys
      CROSS JOIN LATERAL (
        SELECT m.position, m.available_at FROM ${table} m
        WHERE m.instance = ${instance} AND m.order_key >= keys.order_key AND m.order_key <= keys.order_key
          AND m.status = 'pending'
        ORDER BY m.order_key, m.position LIMIT 1
      ) head
      CROSS JOIN LATERAL (
        SELECT count(*) AS leases FROM (
          SELECT 1 FROM ${table} m WHERE m.order_key = keys.order_key AND m.leased_until > now() LIMIT 1
        ) leased
      ) held
      WHERE head.available_at <= now() AND held.leases = 0
      LIMIT ${limit}
    ),
    taken AS MATERIALIZED (
      SELECT m.position FROM ${table} m
      WHERE m.position = ${those(sql`heads`)} AND m.${STILL_PENDING}
        AND m.available_at <= now()
      FOR UPDATE SKIP LOCKED
    ),
    claimed AS (
      UPDATE ${table} SET ${set}
      WHERE position = ${those(sql`taken`)} RETURNING ${returning}
    )`;
}

/** Assignments that lease a message: it is not due before its lease ends. */
export function leasedFor(seconds: number): Sql {
  const end = inSeconds(seconds);
  return sql`leased_until = ${end}, available_at = ${end}`;
}
