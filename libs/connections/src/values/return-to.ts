const MAX_LENGTH = 2048;
// No control character, no backslash; one leading slash, not two.
const PATH = /^\/(?![/\\])[^\p{Cc}\p{Cs}\\]*$/u;

/**
 * Parses a path of the application's own origin, as a browser would.
 *
 * @param path - from the caller
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
  // `/.//evil.test` is now `//evil.test`: the output is checked again, not only the input.
  const leaves =
    url.origin !== origin || !PATH.test(serialised) || new URL(serialised, origin).origin !== origin;
  return leaves ? null : serialised;
}

/**
 * Adds `attempt=<id>` to the final redirect of the browser, and replaces an existing parameter of that name.
 *
 * @param target - a checked path, or an absolute URL of the configuration
 */
export function withAttempt(target: string, attemptId: string): string {
  return withParameters(target, { attempt: attemptId });
}

/** As {@link withAttempt}, with the ticket that completes the attempt. */
export function withTicket(target: string, attemptId: string, ticket: string): string {
  return withParameters(target, { attempt: attemptId, ticket });
}

function withParameters(target: string, parameters: Readonly<Record<string, string>>): string {
  const [beforeHash = '', ...hash] = target.split('#');
  const [path = '', ...query] = beforeHash.split('?');
  const names = Object.keys(parameters);
  const kept = query
    .join('?')
    .split('&')
    // A reader of the query decodes `%61ttempt` to the same name.
    .filter((pair) => pair !== '' && !names.some((name) => new URLSearchParams(pair).has(name)));
  const added = Object.entries(parameters).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  const search = [...kept, ...added].join('&');
  return `${path}?${search}${hash.length > 0 ? `#${hash.join('#')}` : ''}`;
}
