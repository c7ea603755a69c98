const MAX_LENGTH = 2048;
// No control character, no backslash; one leading slash, not two.
const PATH = /^\/(?![/\\])[^\p{Cc}\p{Cs}\\]*$/u;

/**
 * Reads a path of the own origin, as a browser would follow it.
 *
 * @param path - what the caller named
 * @param origin - the application's own origin, from its configuration
 * @returns the path re-serialised from the parsed URL, or null when it could lead anywhere else
 * @see OA-17
 */
export function ownPath(path: string, origin: string): string | null {
  if (path.length > MAX_LENGTH || !PATH.test(path) || !URL.canParse(path, origin)) {
    return null;
  }
  const url = new URL(path, origin);
  const serialised = `${url.pathname}${url.search}${url.hash}`;
  // Percent-encoding makes a text up to nine times as long, and what is stored has a limit.
  if (serialised.length > MAX_LENGTH) {
    return null;
  }
  // `/.//evil.test` has become `//evil.test` by now: what is sent is checked again, not only what came in.
  const leaves =
    url.origin !== origin || !PATH.test(serialised) || new URL(serialised, origin).origin !== origin;
  return leaves ? null : serialised;
}

/**
 * Adds `attempt=<id>` to where the browser lands, in place of one that is there.
 *
 * @param target - a checked path, or an absolute URL of the configuration
 */
export function withAttempt(target: string, attemptId: string): string {
  const [beforeHash = '', ...hash] = target.split('#');
  const [path = '', ...query] = beforeHash.split('?');
  const kept = query
    .join('?')
    .split('&')
    .filter((pair) => pair !== '' && !namesAttempt(pair));
  const search = [...kept, `attempt=${encodeURIComponent(attemptId)}`].join('&');
  return `${path}?${search}${hash.length > 0 ? `#${hash.join('#')}` : ''}`;
}

/** `%61ttempt` is the same name to whoever reads the query. */
function namesAttempt(pair: string): boolean {
  return new URLSearchParams(pair).has('attempt');
}
