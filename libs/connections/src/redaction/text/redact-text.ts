import { withoutNestedSecrets } from './nested-values.js';
import { rewritten } from './rewritten.js';
import { isWord, REDACTED, sensitivityOf, type Sensitivity } from './sensitive-names.js';

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
/** What may be JSON, a header or a text, encoded: its like has a quote, a colon or a space. */
const ENCODED_TEXT =
  /(?<![^\s=?&;#"'<>(),/])[^\s=?&;#"'<>(),/]*?%(?:25){0,3}(?:22|27|3A|3D|20|0A)[^\s=?&;#"'<>(),/]*/gi;
const SCHEME = /(?:\b|(?<=\\[nrt]))(Bearer|Basic|Digest|Negotiate)(\s{1,5}|%20|\+)[\w.~+/=:-]{6,}/gi;
/** A header may continue in lines that are indented. A frame of a stack, or another name, is no continuation. */
const HEADER_LINE =
  /(?:\b|(?<=\\[nrt]))(authorization|proxy-authorization|set-cookie|cookie|bi-signature)(["']?\s{0,5}(?::|=>|\s=\s|=(?=[^\s=;&"']{1,100}=))\s{0,80})(?![\s"'[{])[^\r\n]*(?:\r?\n[ \t]{1,80}(?!\s|at |[\w-]{1,100}["']?\s{0,5}:)[^\r\n]*)*/gi;
/** A header in a list, as of `rawHeaders`, or as name and value. */
const HEADER_ITEM =
  /(["'])(authorization|proxy-authorization|set-cookie|cookie|bi-signature)\1(\s{0,5},\s{0,80}(?:["']?value["']?\s{0,5}:\s{0,5})?)(["'])(?:(?!\4)[^\\\r\n]|\\.)*\4/gi;
/** A quote in a text of JSON that is itself in a text of JSON follows as many backslashes. A text that was cut ends without one. */
const QUOTED =
  /"(?:[^"\\]|\\[^])*(?:"|\\?$)|'(?:[^'\\]|\\[^])*(?:'|\\?$)|(?<quote>\\{1,15}["'])[^\r\n]*?(?:(?<!\\)\k<quote>|(?=[\r\n])|$)/;
/** A name before its value. An equals sign without a space is that of a pair, unless a quote follows, as in logfmt. */
const PROPERTY =
  /(\\{0,15}["']?)(?:\b|(?<=\\[nrt]))([A-Za-z][\w-]{0,100})\1\]?\s{0,5}(?:[-=]>|:=|:|(?<=\s)==?|==?(?=\\{0,15}[\s"'[]))\s{0,80}/g;
const PROPERTY_HERE = new RegExp(PROPERTY.source, 'y');
const VALUE = new RegExp(
  String.raw`(${QUOTED.source})|<[^<>\r\n]*>|\[[^[\]{}]*\]|[^\s"',;{}[\]\\][^\s"',;{}[\]]*`,
  'y',
);

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
    withoutNestedSecrets(shown)
      .replace(USER_INFO, `$1${REDACTED}@`)
      .replace(HEADER_LINE, `$1$2${REDACTED}`)
      .replace(HEADER_ITEM, `$1$2$1$3$4${REDACTED}$4`)
      .replace(PAIR, (pair: string, before: string, name: string, value: string) =>
        isSecretPair(name, value, /[?&]|u0026/.test(before)) ? `${before}${name}=${REDACTED}` : pair,
      )
      .replace(
        ENCODED_PAIR,
        (pair: string, ...[before = '', name = '', equals = '', value = '']: string[]) =>
          isSecretPair(name, value, true) ? `${before}${name}${equals}${REDACTED}` : pair,
      )
      .replace(ENCODED_TEXT, withoutEncoded)
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
  // A line of a text in JSON begins after the letter of its escape.
  const sensitivity = sensitivityOf(decoded(name.replace(/^.*\\[nrt]/, '')));
  const isNothing = /^\\*$/.test(value);
  return (
    !isNothing && (sensitivity === 'secret' || (sensitivity === 'ambiguous' && (isQuery || !isWord(value))))
  );
}

/** The text is encoded in one piece, so it is removed in one piece. */
function withoutEncoded(encoded: string): string {
  const text = encoded.replace(/%(?:25){0,3}([0-7][0-9a-f])/gi, (_, digits: string) =>
    String.fromCharCode(parseInt(digits, 16)),
  );
  return redactText(text) === text ? encoded : REDACTED;
}

function withoutProperties(text: string): string {
  return rewritten(text, PROPERTY, ([property, , name = ''], start) => {
    const sensitivity = sensitivityOf(name);
    if (sensitivity === 'open' || isName(text, start, /[\r\n]/.test(property))) {
      return null;
    }
    const [value = ''] = matchAt(VALUE, text, start) ?? [];
    const bare = value.replace(/^\[?\s{0,80}\\{0,15}["']?|\\{0,15}["']?\s{0,80}\]?$/g, '');
    return isSecret(sensitivity, bare) ? { end: start + value.length, shown: redactedAs(value) } : null;
  });
}

function isSecret(sensitivity: Sensitivity, value: string): boolean {
  const isNothing = value === '' || value === REDACTED.slice(1, -1);
  return !isNothing && (sensitivity === 'secret' || !isWord(value));
}

/** The name of another secret is no value: `token: code: …`. Nor is the name with which the next line begins, after an empty value. */
function isName(text: string, start: number, isNextLine: boolean): boolean {
  const [property = '', , name = ''] = matchAt(PROPERTY_HERE, text, start) ?? [];
  return sensitivityOf(name) !== 'open' || (isNextLine && /:\s*$/.test(property));
}

function matchAt(pattern: RegExp, text: string, start: number): RegExpExecArray | null {
  pattern.lastIndex = start;
  return pattern.exec(text);
}

/** In the quotes of the value. */
function redactedAs(value: string): string {
  const [around = ''] = /^\\*["']/.exec(value) ?? [];
  return `${around}${REDACTED}${around}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    // A percent sign that encodes nothing: the text as it is.
    return text;
  }
}
