import { isWord, REDACTED, sensitivityOf } from './sensitive-names.js';

/** Longer texts are cut: a log line should not hold a body, and the cost of redaction stays bounded. */
const MAX_TEXT = 65_536;

// Every repetition below is bounded, or ends at the first character of another kind: the work is linear in the text.

const USER_INFO = /\b([a-z][a-z0-9+.-]{0,20}:\/\/)[^/\s?#@"']*@/gi;
const PAIR = /(^|[\s"'(,{[?&;#])([^\s=?&;#"'(),{}[\]<>:]{1,100}(?:\[[^\s=\]]{0,20}\])?)=([^\s&"'<>#]*)/g;
/** The same in an address that is the value of a parameter or a part of a path, encoded once or more often. */
const ENCODED_PAIR =
  /(^|[\s=?&;#]|%(?:25){0,3}(?:3F|26|23))([\w.-]{1,100})(%(?:25){0,3}3D)((?:(?!%(?:25){0,3}(?:26|23|20|22))[^\s&"'<>#])+)/gi;
const SCHEME = /\b(Bearer|Basic|Digest|Negotiate)(\s{1,5})[\w.~+/=:-]{6,}/gi;
const HEADER_LINE =
  /\b(authorization|proxy-authorization|set-cookie|cookie|bi-signature)(["']?\s{0,5}:\s{0,5})(?![\s"'])[^\r\n]*/gi;
const PROPERTY =
  /(["']?)\b([A-Za-z][\w-]{0,100})\1(\s{0,5}:\s{0,5})("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s"',;{}[\]]+)/g;

/**
 * Removes secrets from a text of any kind: an address, a header, a message that quotes one, JSON. What follows `?` or `&` under
 * a secret's name is always removed; `code` and `state` elsewhere are kept where they are a word, such as an error code.
 *
 * @param text - texts over 64 KiB are cut
 * @public
 */
export function redactText(text: string): string {
  return (text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}… [cut]` : text)
    .replace(USER_INFO, `$1${REDACTED}@`)
    .replace(PAIR, (pair: string, before: string, name: string, value: string) =>
      isSecretPair(name, value, /[?&]/.test(before)) ? `${before}${name}=${REDACTED}` : pair,
    )
    .replace(ENCODED_PAIR, (pair: string, ...[before = '', name = '', equals = '', value = '']: string[]) =>
      isSecretPair(name, value, true) ? `${before}${name}${equals}${REDACTED}` : pair,
    )
    .replace(HEADER_LINE, `$1$2${REDACTED}`)
    .replace(SCHEME, `$1$2${REDACTED}`)
    .replace(PROPERTY, (property: string, ...parts: string[]) => redactProperty(property, parts));
}

/**
 * Removes secrets from a URL, absolute or relative, or from a bare query string.
 *
 * @public
 */
export function redactUrl(url: string): string {
  return /[?#/]/.test(url) || !url.includes('=') ? redactText(url) : redactText(`?${url}`).slice(1);
}

function isSecretPair(name: string, value: string, isQuery: boolean): boolean {
  const sensitivity = sensitivityOf(decoded(name));
  return (
    value !== '' && (sensitivity === 'secret' || (sensitivity === 'ambiguous' && (isQuery || !isWord(value))))
  );
}

function redactProperty(property: string, parts: readonly string[]): string {
  const [quote = '', name = '', between = '', value = ''] = parts;
  const bare = value.replace(/^["']|["']$/g, '');
  if (bare === '' || bare.startsWith(REDACTED.slice(0, -1)) || !isSecretProperty(name, bare)) {
    return property;
  }
  const around = /^["']/.exec(value)?.[0] ?? '';
  return `${quote}${name}${quote}${between}${around}${REDACTED}${around}`;
}

function isSecretProperty(name: string, value: string): boolean {
  const sensitivity = sensitivityOf(name);
  return sensitivity === 'secret' || (sensitivity === 'ambiguous' && !isWord(value));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    // A percent sign that encodes nothing: the text as it is.
    return text;
  }
}
