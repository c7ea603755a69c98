import { SYSTEM_CLOCK } from './transport/clock.js';

const WIRE = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?\s*(?:Z|[+-]\d\d:?\d\d)?$/;
const DAY = /^\d{4}-\d\d-\d\d$/;

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const TEN_YEARS_MS = 3652 * DAY_MS;

const PARIS = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Paris', timeZoneName: 'longOffset' });

// Offsets by hour: what `Intl` answers is slow, and clocks change on the hour.
const offsets = new Map<number, number>();
const OFFSETS_KEPT = 1_000;

/**
 * Reads a DateTime of Powens, or a day: Powens documents `deleted` as either. A day reads as its beginning, the earliest
 * moment that is meant.
 *
 * @returns null for null and for anything that is neither
 * @internal
 */
export function parisDate(value: unknown): Date | null {
  return parisDateTime(timeOfDay(value, '00:00:00'));
}

/**
 * As {@link parisDate}, of what has happened. A date that is ten years ahead stands for none, as `9999-12-31`: kept, it would be later
 * than all that follow.
 *
 * @internal
 */
export function pastParisDate(value: unknown): Date | null {
  const date = parisDate(value);
  return date !== null && date.getTime() > SYSTEM_CLOCK.epochMs() + TEN_YEARS_MS ? null : date;
}

/**
 * As {@link parisDate}, but the latest moment that is meant.
 *
 * @internal
 */
export function latestParisDate(value: unknown): Date | null {
  return parisDateTime(timeOfDay(value, '23:59:59'));
}

/**
 * Reads a DateTime of Powens: Paris wall clock without an offset, although the documentation does not say so. An
 * offset is ignored: it was seen on fields that are Paris time without it.
 *
 * A time that the clocks skip in spring reads as if they had not changed yet; one that they show twice in autumn reads
 * as the first.
 *
 * @returns null for null and for anything that is not such a time
 * @see https://docs.powens.com/api-reference/overview/api-design
 * @internal
 */
export function parisDateTime(value: unknown): Date | null {
  const match = typeof value === 'string' ? WIRE.exec(value) : null;
  if (match === null) {
    return null;
  }
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as SixNumbers;
  const wall = Date.UTC(year, month - 1, day, hour, minute, second, milliseconds(match[7]));
  // `Date.UTC` carries 31 February over into March, and makes 1926 of 26.
  const real = new Date(wall)
    .toISOString()
    .startsWith(`${match[1]}-${match[2]}-${match[3]}T${match[4]}:${match[5]}`);
  return real && second < 60 ? new Date(wall - offsetOfWall(wall)) : null;
}

/**
 * Writes a DateTime as Powens writes and reads it: Paris wall clock, `2026-03-14 10:27:40`.
 *
 * @internal
 */
export function parisText(date: Date): string {
  const wall = new Date(date.getTime() + offsetAt(date.getTime()));
  return wall.toISOString().slice(0, 19).replace('T', ' ');
}

function timeOfDay(value: unknown, time: string): unknown {
  return typeof value === 'string' && DAY.test(value) ? `${value} ${time}` : value;
}

type SixNumbers = [number, number, number, number, number, number];

function milliseconds(fraction: string | undefined): number {
  return fraction === undefined ? 0 : Number(fraction.slice(0, 3).padEnd(3, '0'));
}

/** The offset of a wall clock time: the one before a change of clocks, unless only the one after it fits. */
function offsetOfWall(wall: number): number {
  const before = offsetAt(wall - DAY_MS);
  const after = offsetAt(wall + DAY_MS);
  return before === after || offsetAt(wall - before) === before || offsetAt(wall - after) !== after
    ? before
    : after;
}

function offsetAt(utc: number): number {
  const hour = Math.floor(utc / HOUR_MS);
  const kept = offsets.get(hour);
  if (kept !== undefined) {
    return kept;
  }
  if (offsets.size >= OFFSETS_KEPT) {
    offsets.clear();
  }
  const offset = askIntl(hour * HOUR_MS);
  offsets.set(hour, offset);
  return offset;
}

// `14/03/2026, GMT+01:00`
function askIntl(utc: number): number {
  const [, sign, hours, minutes] = /GMT([+-])(\d\d):(\d\d)/.exec(PARIS.format(utc)) ?? [];
  const offset = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * MINUTE_MS;
  return sign === '-' ? -offset : offset;
}
