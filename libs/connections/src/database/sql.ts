import sql, { type Sql } from 'sql-template-tag';

/**
 * Selects a time as milliseconds since 1970, a `bigint`: no setting of the session changes its text, as `DateStyle`
 * and `TimeZone` change that of a timestamp.
 *
 * Give it an alias that is no column's name: `ORDER BY` would take the alias, and no index.
 *
 * @see timeOf
 * @internal
 */
export function epochMs(time: Sql): Sql {
  return sql`floor(extract(epoch FROM ${time}) * 1000)::bigint`;
}

/** A column selected with {@link epochMs}, as the driver returns it. */
export type EpochMs = string;

/** Reads a time that was selected with {@link epochMs}. */
export function timeOf(value: EpochMs): Date {
  return new Date(Number(value));
}

/** Reads a time that may be absent. */
export function timeOrNull(value: EpochMs | null): Date | null {
  return value === null ? null : timeOf(value);
}

/** A time in the future, by the database's clock. */
export function inSeconds(seconds: number): Sql {
  return sql`now() + ${seconds}::int * interval '1 second'`;
}

/** A time in the past, by the database's clock. */
export function daysAgo(days: number): Sql {
  return sql`now() - ${days}::int * interval '1 day'`;
}
