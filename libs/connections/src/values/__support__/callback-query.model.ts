/** Names that a callback may carry. */
export const KNOWN = [
  'state',
  'code',
  'error',
  'error_description',
  'connection_id',
  'connection_ids',
  'id_connection',
];

/** What is read of a query. */
export interface Seen {
  readonly state: string;
  readonly code: string | null;
  readonly connectionIds: readonly string[];
  readonly error: string | null;
}

/** A second implementation of the syntax, character by character and without a regular expression. */
export function model(query: string): Seen | 'refused' {
  const values = query.length > 16_384 ? null : valuesOf(query.split('&'));
  if (values === null) {
    return 'refused';
  }
  const value = (name: string): string => values.get(name) ?? '';
  const [state, code] = [value('state'), value('code')];
  const ids = ['connection_ids', 'connection_id', 'id_connection']
    .flatMap((name) => value(name).split(','))
    .filter((id) => id !== '');
  const isGood = isState(state) && isCode(code) && ids.length <= 50 && ids.every(isId);
  return isGood
    ? {
        state,
        code: code === '' ? null : code,
        connectionIds: [...new Set(ids)],
        error: wordOf(value('error')),
      }
    : 'refused';
}

function valuesOf(pairs: readonly string[]): Map<string, string> | null {
  const values = new Map<string, string>();
  for (const pair of pairs) {
    const [written = '', ...rest] = pair.split('=');
    const name = percentDecoded(written);
    if (name === null) {
      return null;
    }
    const root = name.split('[')[0]?.split('.')[0] ?? '';
    if (KNOWN.includes(root)) {
      const value = percentDecoded(rest.join('='));
      if (root !== name || values.has(name) || value === null) {
        return null;
      }
      values.set(name, value);
    }
  }
  return values;
}

function wordOf(error: string): string | null {
  const words = ['', 'access_denied', 'server_error', 'tos_declined', 'session_expired'];
  return words.includes(error) ? error || null : 'provider_error';
}

function isState(text: string): boolean {
  return text.length === 43 && [...text].every(isBase64Url);
}

function isCode(text: string): boolean {
  return text.length <= 2048 && [...text].every((letter) => letter > ' ' && letter < '\x7f');
}

function isBase64Url(letter: string): boolean {
  const isLetter = letter >= 'A' && letter <= 'Z';
  return isLetter || (letter >= 'a' && letter <= 'z') || isDigit(letter) || letter === '-' || letter === '_';
}

function isDigit(letter: string): boolean {
  return letter >= '0' && letter <= '9';
}

function isId(text: string): boolean {
  return text.length <= 19 && !text.startsWith('0') && [...text].every(isDigit);
}

/** Bytes, then strict UTF-8; a plus stays a plus. Null when the bytes are not valid. */
function percentDecoded(text: string): string | null {
  const bytes: number[] = [];
  const source = Buffer.from(text, 'utf8');
  for (let at = 0; at < source.length; at += 1) {
    if (source[at] !== 0x25) {
      bytes.push(source[at] as number);
      continue;
    }
    const digits = source.subarray(at + 1, at + 3).toString('latin1');
    if (digits.length < 2 || ![...digits].every((digit) => '0123456789abcdefABCDEF'.includes(digit))) {
      return null;
    }
    bytes.push(Number.parseInt(digits, 16));
    at += 2;
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes));
  } catch {
    return null;
  }
}
