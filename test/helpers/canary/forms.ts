/** A value that must not be found, and what it is called in a report. */
export interface Secret {
  readonly kind: string;
  readonly bytes: Buffer;
}

/** One spelling of a secret. */
export interface Needle {
  readonly kind: string;
  readonly form: string;
  readonly bytes: Buffer;
}

const SHORTEST_NEEDLE = 8;

/** All spellings of a secret that the scan looks for; equal spellings are listed once. */
export function formsOf({ kind, bytes }: Secret): Needle[] {
  const text = bytes.toString('utf8');
  const isText = Buffer.from(text, 'utf8').equals(bytes);
  const hex = bytes.toString('hex');
  const spellings: [form: string, spelling: Buffer | string][] = [
    [isText ? 'utf8' : 'raw', bytes],
    ...alignedBase64(bytes).flatMap((base64): [string, string][] => [
      ['base64', base64],
      ['base64url', base64.replaceAll('+', '-').replaceAll('/', '_')],
    ]),
    ['hex', hex],
    ['hex', hex.toUpperCase()],
    ...(isText ? textSpellings(text) : []),
  ];
  const seen = new Set<string>();
  return spellings
    .map(([form, spelling]) => ({ kind, form, bytes: Buffer.from(spelling) }))
    .filter(({ bytes: needle }) => {
      const key = needle.toString('latin1');
      if (needle.length < SHORTEST_NEEDLE || seen.has(key)) return false;
      seen.add(key);
      return true;
    });
}

function textSpellings(text: string): [string, string][] {
  const percent = encodeURIComponent(text);
  return [
    ['percent-encoded', percent],
    ['percent-encoded', percent.replaceAll(/%[0-9A-F]{2}/g, (triplet) => triplet.toLowerCase())],
    // A double encoding is what a return address inside another address looks like.
    ['percent-encoded', encodeURIComponent(percent)],
    ['form-encoded', new URLSearchParams({ '': text }).toString().slice(1)],
    ['json', JSON.stringify(text).slice(1, -1)],
    ['json', text.replaceAll('/', '\\/')],
  ];
}

/**
 * The base64 of the bytes at each of the three places they can have inside a longer message (`Basic` credentials, a
 * sealed cookie), less the characters that depend on the neighbours.
 */
function alignedBase64(bytes: Buffer): string[] {
  return [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replaceAll('=', '');
    const first = offset === 0 ? 0 : offset + 1;
    const last = (offset + bytes.length) % 3 === 0 ? encoded.length : encoded.length - 1;
    return encoded.slice(first, last);
  });
}
