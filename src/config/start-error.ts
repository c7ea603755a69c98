/** What an import fails with when `node_modules` is not there, not complete, or of another machine. */
const BROKEN_INSTALLATION: ReadonlySet<unknown> = new Set([
  'ERR_MODULE_NOT_FOUND',
  'MODULE_NOT_FOUND',
  'ERR_DLOPEN_FAILED',
]);

/** Mistakes of the code, which only their stack explains. */
const MISTAKES = [TypeError, ReferenceError, RangeError, SyntaxError];

/**
 * Words for a person who started the host and sees it fail: the message, without a stack unless it is a mistake of the code.
 *
 * @param error - what the start threw
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
