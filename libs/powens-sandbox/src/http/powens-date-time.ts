const HOUR_MS = 3_600_000;
const PARIS = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Paris', timeZoneName: 'longOffset' });

/** `Intl` costs microseconds a call and Paris changes its offset on the hour only: one look-up per hour is enough. */
const offsets = new Map<number, number>();

function parisOffsetMs(at: number): number {
  const hour = Math.floor(at / HOUR_MS);
  const known = offsets.get(hour);
  if (known !== undefined) {
    return known;
  }
  const zone = PARIS.formatToParts(at).find((part) => part.type === 'timeZoneName')?.value ?? '';
  const offset = (zone === 'GMT+02:00' ? 2 : 1) * HOUR_MS;
  offsets.set(hour, offset);
  return offset;
}

/**
 * Writes an instant as the provider does: `2026-03-14 09:26:53`, the Paris wall clock, without an offset.
 *
 * @see protocol notes, section 1.1
 */
export function powensDateTime(at: number): string {
  const wall = new Date(at + parisOffsetMs(at)).toISOString();
  return `${wall.slice(0, 10)} ${wall.slice(11, 19)}`;
}

/** The same for what may not have happened. */
export function powensDateTimeOrNull(at: number | null): string | null {
  return at === null ? null : powensDateTime(at);
}

/** A day without a time: the Paris day of that instant. */
export function powensDate(at: number): string {
  return powensDateTime(at).slice(0, 10);
}
