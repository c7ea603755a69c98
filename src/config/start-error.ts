/** Codes of a failed import when `node_modules` is missing, incomplete, or from another machine. */
const BROKEN_INSTALLATION: ReadonlySet<unknown> = new Set([
  'ERR_MODULE_NOT_FOUND',
  'MODULE_NOT_FOUND',
  'ERR_DLOPEN_FAILED',
]);

/** Programming errors, which only their stack explains. */
const MISTAKES = [TypeError, ReferenceError, RangeError, SyntaxError];

/**
 * The text for a failed start: the message, without a stack unless it is a programming error.
 *
 * @param error - the error of the start
 */
export function explainStartError(error: unknown): string {
  if (!(error instanceof Error)) {
    return 'The host could not start.';
  }
  if (BROKEN_INSTALLATION.has((error as NodeJS.ErrnoException).code)) {
    const [first = ''] = error.message.split('\n');
    return `The host could not start: ${first}. The dependencies are not complete for this Node: run \`npm ci\`.`;
  }
  if (MISTAKES.some((mistake) => error instanceof mistake)) {
    return `The host could not start: ${error.stack ?? error.message}`;
  }
  return error.message === '' ? `The host could not start: ${error.name}` : error.message;
}
