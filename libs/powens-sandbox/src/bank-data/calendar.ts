const DAY_MS = 86_400_000;

/** A day, with what the generators of bank data ask about it. UTC: a day of the generators has no time zone. */
export interface Day {
  /** Days since 1970: the same for everyone. */
  readonly number: number;
  readonly dayOfMonth: number;
  readonly month: number;
  readonly isLastOfMonth: boolean;
}

/** The day of an instant. */
export function dayOf(at: number): Day {
  const number = Math.floor(at / DAY_MS);
  const date = new Date(at);
  const tomorrow = new Date(at + DAY_MS);
  return {
    number,
    dayOfMonth: date.getUTCDate(),
    month: date.getUTCMonth() + 1,
    isLastOfMonth: tomorrow.getUTCDate() === 1,
  };
}

/** The last instant of its month that has the same time of day. */
export function endOfMonth(at: number): number {
  const date = new Date(at);
  const days = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  return at + (days - date.getUTCDate()) * DAY_MS;
}

/** The same instant so many months later, on the last day of a month that is too short. */
export function addMonths(at: number, months: number): number {
  const date = new Date(at);
  const first = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1);
  const days = new Date(endOfMonth(first)).getUTCDate();
  return first + (Math.min(date.getUTCDate(), days) - 1) * DAY_MS + (at % DAY_MS);
}

/** A number from 0 to `below` - 1 that looks random, and is always the same for the same seeds. */
export function pick(below: number, ...seeds: readonly number[]): number {
  let hash = 2_166_136_261;
  for (const seed of seeds) {
    hash = Math.imul(hash ^ seed, 16_777_619);
    hash ^= hash >>> 13;
  }
  return (Math.imul(hash ^ (hash >>> 16), 2_246_822_507) >>> 0) % below;
}
