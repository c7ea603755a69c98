/** The replacement of a secret. */
export const REDACTED = '[redacted]';

/** Names of parameters, headers and properties whose values are secrets, in lower case and without separators. */
const SECRET_NAMES: ReadonlySet<string> = new Set([
  'apikey',
  'assertion',
  'authorization',
  'bisignature',
  'connectionskeys',
  'cookie',
  'cookies',
  'credentials',
  'passwd',
  'password',
  'pin',
  'proxyauthorization',
  'sealedtoken',
  'secret',
  'setcookie',
  'signature',
  'token',
  'webviewcode',
  'xapikey',
]);

/** As the last part of a name: `access_token`, `clientSecret`, `newPassword`; and the cookie of the library, also of a registration with a name. */
const SECRET_ENDING = /(token|secret|password|apikey)$|powensbinding/;

/** Secrets in a query, and what completes an attempt; in an object also the name of an error's code or of a connection's state. */
const AMBIGUOUS_NAMES: ReadonlySet<string> = new Set(['binding', 'code', 'state', 'ticket']);

/** `not_connected`, `ECONNREFUSED`, `42P01`. */
const CODE_WORD = /^(?:[a-z]+(?:_[a-z]+)*|[A-Z][A-Z0-9_]*|[0-9A-Z]{5})$/;
const MAX_CODE_WORD = 40;

/** States of a Powens connection that do not look like the code of an error. */
const STATE_WORDS: ReadonlySet<string> = new Set([
  'SCARequired',
  'webauthRequired',
  'additionalInformationNeeded',
  'validating',
  'decoupled',
  'actionNeeded',
  'passwordExpired',
  'websiteUnavailable',
  'rateLimiting',
]);

/** How sure a name is about its value. */
export type Sensitivity = 'secret' | 'ambiguous' | 'open';

/** Judges a name however it is written: `Set-Cookie`, `setCookie`, `SET_COOKIE`, `code[]`. */
export function sensitivityOf(name: string): Sensitivity {
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, '');
  if (SECRET_NAMES.has(plain) || SECRET_ENDING.test(plain)) {
    return 'secret';
  }
  return AMBIGUOUS_NAMES.has(plain) ? 'ambiguous' : 'open';
}

/** Whether the value of a `code` or `state` outside of a query is a word of a program, as opposed to a secret. */
export function isWord(value: unknown): boolean {
  return (
    typeof value !== 'string' ||
    STATE_WORDS.has(value) ||
    (value.length <= MAX_CODE_WORD && CODE_WORD.test(value))
  );
}
