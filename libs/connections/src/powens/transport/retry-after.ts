const MAX_SECONDS = 60;

// The one form of HTTP-date that may be sent (RFC 9110, 5.6.7). `Date.parse` alone would also take `2026` or `-1`.
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * Reads a `Retry-After` header: seconds or an HTTP-date, at most a minute ahead.
 *
 * @param nowMs - milliseconds since the epoch, as the server sees them if it said so in `Date`
 * @returns undefined when there is none, or when it is invalid: negative, not a number, not a date
 * @see RL-16
 * @internal
 */
export function retryAfterSeconds(value: unknown, nowMs: number): number | undefined {
  if (typeof value !== 'string') {
    return undefined;
  }
  const text = value.trim();
  if (/^\d+$/.test(text)) {
    return Math.min(Number(text), MAX_SECONDS);
  }
  const at = HTTP_DATE.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : clamp(Math.ceil((at - nowMs) / 1000));
}

// A date that has passed means: now.
function clamp(seconds: number): number {
  return Math.max(0, Math.min(seconds, MAX_SECONDS));
}
