import { isWord, REDACTED, sensitivityOf } from './sensitive-names.js';

/** Longer texts are cut: a log line should not hold a body, and the cost of redaction stays bounded. */
const MAX_TEXT = 65_536;

// Every repetition below is bounded, or ends at the first character of another kind: the work is linear in the text.

const USER_INFO = /\b([a-z][a-z0-9+.-]{0,20}:\/\/)[^/\s?#@"']*@/gi;
/** Some encoders of JSON write `&` as `\u0026`. */
const PAIR =
  /(^|[\s"'(,{[?&;#]|\\u0026)([^\s=?&;#"'(),{}[\]<>:]{1,100}(?:\[[^\s=\]]{0,20}\])?)=((?:(?!\\u0026)[^\s&"'<>#])*)/g;
/** The same in an address that is the value of a parameter or a part of a path, encoded once or more often. */
const ENCODED_PAIR =
  /(^|[\s=?&;#]|%(?:25){0,3}(?:3F|26|23))([\w.-]{1,100})(%(?:25){0,3}3D)((?:(?!%(?:25){0,3}(?:26|23|20|22))[^\s&"'<>#])+)/gi;
const SCHEME = /\b(Bearer|Basic|Digest|Negotiate)(\s{1,5})[\w.~+/=:-]{6,}/gi;
const HEADER_LINE =
  /\b(authorization|proxy-authorization|set-cookie|cookie|bi-signature)(["']?\s{0,5}:\s{0,5})(?![\s"'])[^\r\n]*/gi;
const PROPERTY =
  /(["']?)\b([A-Za-z][\w-]{0,100})\1(\s{0,5}:\s{0,5})("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\[[^[\]{}]*\]|[^\s"',;{}[\]]+)/g;
/** A property of JSON that is a text of JSON, as the body in an error of a client that was logged as JSON: by the number of backslashes. */
const ESCAPED_PROPERTIES = [7, 3, 1].map((backslashes) => {
  const quote = `(?<!\\\\)\\\\{${backslashes}}["']`;
  const name = `${quote}([A-Za-z][\\w-]{0,100})${quote}`;
  return new RegExp(`(${name}\\s{0,5}:\\s{0,5}${quote})([^\\r\\n]*?)(${quote})`, 'g');
});

/**
 * Removes secrets from a text of any kind: an address, a header, a message that quotes one, JSON. What follows `?` or `&` under
 * a secret's name is always removed; `code` and `state` elsewhere are kept where they are a word, such as an error code.
 *
 * @param text - texts over 64 KiB are cut
 * @public
 */
export function redactText(text: string): string {
  const shown = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}… [cut]` : text;
  return withoutProperties(
    withoutEscapedProperties(shown)
      .replace(USER_INFO, `$1${REDACTED}@`)
      .replace(PAIR, (pair: string, before: string, name: string, value: string) =>
        isSecretPair(name, value, /[?&]|u0026/.test(before)) ? `${before}${name}=${REDACTED}` : pair,
      )
      .replace(
        ENCODED_PAIR,
        (pair: string, ...[before = '', name = '', equals = '', value = '']: string[]) =>
          isSecretPair(name, value, true) ? `${before}${name}${equals}${REDACTED}` : pair,
      )
      .replace(HEADER_LINE, `$1$2${REDACTED}`)
      .replace(SCHEME, `$1$2${REDACTED}`),
  );
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

function withoutEscapedProperties(text: string): string {
  return ESCAPED_PROPERTIES.reduce(
    (left, escaped) =>
      left.replace(
        escaped,
        (property: string, ...[before = '', name = '', value = '', end = '']: string[]) =>
          isSecretProperty(name, value) ? `${before}${REDACTED}${end}` : property,
      ),
    text,
  );
}

function withoutProperties(text: string): string {
  return text.replace(PROPERTY, (property: string, ...parts: string[]) => redactProperty(property, parts));
}

function redactProperty(property: string, parts: readonly string[]): string {
  const [quote = '', name = '', between = '', value = ''] = parts;
  const bare = value.replace(/^\[?\s*["']?|["']?\s*\]?$/g, '');
  if (bare === '' || value.replace(/^["']/, '').startsWith(REDACTED.slice(0, -1))) {
    return property;
  }
  const [around = ''] = /^["']/.exec(value) ?? [];
  const shown = isSecretProperty(name, bare) ? `${around}${REDACTED}${around}` : withoutInner(value);
  return `${quote}${name}${quote}${between}${shown}`;
}

/** In a list, or between quotes of one kind, may be properties in quotes of the other: each text is shorter than the one around it. */
function withoutInner(value: string): string {
  return /^["'[]/.test(value)
    ? `${value.charAt(0)}${withoutProperties(value.slice(1, -1))}${value.slice(-1)}`
    : value;
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
