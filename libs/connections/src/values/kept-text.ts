// Control characters and lone surrogates have no place in an id; U+0000 cannot even be stored by PostgreSQL (D11).
const FORBIDDEN = /[\p{Cc}\p{Cs}]/u;

/**
 * Checks whether a value is a text that can be stored and compared unchanged.
 *
 * @param min - characters at least
 * @param max - characters at most
 */
export function isKeptText(value: unknown, min: number, max: number): value is string {
  return typeof value === 'string' && value.length >= min && value.length <= max && !FORBIDDEN.test(value);
}
