// Control and format characters (bidi overrides among them), lone surrogates, line and paragraph separators.
const NOT_PRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu;

/**
 * Removes characters of an untrusted text that can forge a log line, reorder the displayed text, or not be stored.
 *
 * @param between - replacement of the removed characters
 * @internal
 */
export function printableOf(text: string, between = ''): string {
  return text.replace(NOT_PRINTABLE, between);
}

/**
 * Converts an untrusted text to one line.
 *
 * @param most - maximum number of characters that are kept
 * @returns null when nothing is left
 * @internal
 */
export function oneLineOf(text: string, most: number): string | null {
  // Cut first, so that the rest is not processed: a text may be as long as a response body.
  const line = printableOf(text.slice(0, most * 2), ' ').trim();
  return line === '' ? null : cut(line, most);
}

/** A cut through a pair of surrogates would leave half a character. */
export function cut(text: string, most: number): string {
  return text.slice(0, most).replace(/\p{Cs}$/u, '');
}
