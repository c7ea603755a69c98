// Control and format characters (bidi overrides among them), lone surrogates, line and paragraph separators.
const NOT_PRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu;

/**
 * Removes from a text of someone else what can forge a log line, reorder what a person reads, or not be stored.
 *
 * @param between - what stands in the place of what is removed
 * @internal
 */
export function printableOf(text: string, between = ''): string {
  return text.replace(NOT_PRINTABLE, between);
}

/**
 * Makes one line of a text of someone else.
 *
 * @param most - characters that are kept
 * @returns null when nothing is left
 * @internal
 */
export function oneLineOf(text: string, most: number): string | null {
  // What is cut off is not looked at: a text may be as long as an answer.
  const line = printableOf(text.slice(0, most * 2), ' ').trim();
  return line === '' ? null : cut(line, most);
}

/** A cut through a pair of surrogates would leave half a character. */
export function cut(text: string, most: number): string {
  return text.slice(0, most).replace(/\p{Cs}$/u, '');
}
