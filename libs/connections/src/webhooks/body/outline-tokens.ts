/** A single value of JSON. A number is the text that stands there. */
export type OutlineScalar = { readonly number: string } | { readonly text: string } | boolean | null;

/** Characters of a number: an id has 19 at most, an exact amount hardly more. */
const MAX_NUMBER = 40;
/** Bytes of a text that is kept, escapes included; of any other nothing is held. */
const MAX_RAW_TEXT = 1024;
const WORDS: ReadonlyMap<number, Buffer> = new Map(
  ['true', 'false', 'null'].map((word) => [word.charCodeAt(0), Buffer.from(word)]),
);
const ESCAPES: ReadonlySet<number> = new Set(Buffer.from('"\\/bfnrt'));
const HEX: ReadonlySet<number> = new Set(Buffer.from('0123456789abcdefABCDEF'));
/** State of an escape: none, right behind the backslash; below that, how many digits of `\u` are missing. */
const NO_ESCAPE = 0;
const ESCAPE_BEGUN = 5;

type NumberPart = 'start' | 'sign' | 'zero' | 'digits' | 'point' | 'fraction' | 'e' | 'e sign' | 'power';
const PARTS: readonly NumberPart[] = [
  ...(['start', 'sign', 'zero', 'digits', 'point', 'fraction', 'e', 'e sign', 'power'] as const),
];
/** Parts after which a number may end. */
const COMPLETE: readonly boolean[] = PARTS.map((part) =>
  ['zero', 'digits', 'fraction', 'power'].includes(part),
);
/** The grammar of numbers: which bytes lead from a part to which. Any other byte ends the number. */
const GRAMMAR: readonly (readonly [from: NumberPart, bytes: string, to: NumberPart])[] = [
  ['start', '-', 'sign'],
  ['start', '0', 'zero'],
  ['start', '123456789', 'digits'],
  ['sign', '0', 'zero'],
  ['sign', '123456789', 'digits'],
  ['digits', '0123456789', 'digits'],
  ['zero', '.', 'point'],
  ['digits', '.', 'point'],
  ['point', '0123456789', 'fraction'],
  ['fraction', '0123456789', 'fraction'],
  ['zero', 'eE', 'e'],
  ['digits', 'eE', 'e'],
  ['fraction', 'eE', 'e'],
  ['e', '+-', 'e sign'],
  ['e', '0123456789', 'power'],
  ['e sign', '0123456789', 'power'],
  ['power', '0123456789', 'power'],
];
const ENDS = 255;
/** The grammar as a table: by part and byte, the next part. A byte is looked up in a few nanoseconds. */
const NEXT = new Uint8Array(PARTS.length * 256).fill(ENDS);
for (const [from, bytes, to] of GRAMMAR) {
  for (const byte of Buffer.from(bytes)) {
    NEXT[PARTS.indexOf(from) * 256 + byte] = PARTS.indexOf(to);
  }
}

/**
 * Reads the texts, numbers and words of JSON, which may be cut anywhere.
 *
 * @internal
 */
export class OutlineTokens {
  #inside: 'text' | 'number' | 'word' | null = null;
  #isKept = false;
  #kept: Uint8Array[] = [];
  #keptBytes = 0;
  #escape = NO_ESCAPE;
  #part = 0;
  #length = 0;
  #word: Buffer | undefined;
  #value: OutlineScalar | undefined;

  /** Whether a token is begun and not at its end. */
  get isInside(): boolean {
    return this.#inside !== null;
  }

  /** The token that ended last; undefined when it was not to be kept, or is too long to be. */
  get value(): OutlineScalar | undefined {
    return this.#value;
  }

  /** Begins a text, behind its quote. */
  beginText(isKept: boolean): void {
    this.#begin('text', isKept);
    this.#escape = NO_ESCAPE;
  }

  /** Begins a number or a word, with its first byte still to be read. @returns false when none starts with it */
  beginOther(byte: number, isKept: boolean): boolean {
    if (NEXT[byte] !== ENDS) {
      this.#begin('number', isKept);
      this.#part = 0;
      return true;
    }
    this.#word = WORDS.get(byte);
    this.#begin('word', isKept);
    return this.#word !== undefined;
  }

  /** Continues the token. @returns where the next token begins, or null when this one is invalid */
  read(chunk: Uint8Array, at: number): number | null {
    switch (this.#inside) {
      case 'text':
        return this.#readText(chunk, at);
      case 'number':
        return this.#readNumber(chunk, at);
      default:
        return this.#readWord(chunk, at);
    }
  }

  #begin(what: 'text' | 'number' | 'word', isKept: boolean): void {
    this.#inside = what;
    this.#isKept = isKept;
    this.#length = 0;
    this.#value = undefined;
  }

  #keep(chunk: Uint8Array, from: number, to: number): void {
    this.#keptBytes += to - from;
    if (this.#keptBytes > MAX_RAW_TEXT) {
      this.#drop();
    } else {
      // A copy: the chunk may be large.
      this.#kept.push(Uint8Array.from(chunk.subarray(from, to)));
    }
  }

  #drop(): void {
    this.#isKept = false;
    this.#kept = [];
    this.#keptBytes = 0;
  }

  #takeKept(): string {
    const text = Buffer.concat(this.#kept).toString('utf8');
    this.#drop();
    return text;
  }

  #readText(chunk: Uint8Array, from: number): number | null {
    const at = this.#endOfText(chunk, from);
    if (at === null) {
      return null;
    }
    if (this.#isKept) {
      this.#keep(chunk, from, at);
    }
    if (at === chunk.length) {
      return at;
    }
    this.#inside = null;
    this.#value = this.#isKept ? { text: JSON.parse(`"${this.#takeKept()}"`) as string } : undefined;
    return at + 1;
  }

  /** Where the closing quote is, or the chunk ends; null at a byte that no text has. */
  #endOfText(chunk: Uint8Array, from: number): number | null {
    for (let at = from; at < chunk.length; at += 1) {
      const byte = chunk[at] ?? 0;
      if (this.#escape !== NO_ESCAPE) {
        if (!this.#readEscape(byte)) {
          return null;
        }
      } else if (byte === 0x22) {
        return at;
      } else if (byte < 0x20) {
        return null;
      } else if (byte === 0x5c) {
        this.#escape = ESCAPE_BEGUN;
      }
    }
    return chunk.length;
  }

  #readEscape(byte: number): boolean {
    if (this.#escape === ESCAPE_BEGUN) {
      this.#escape = byte === 0x75 ? 4 : NO_ESCAPE;
      return byte === 0x75 || ESCAPES.has(byte);
    }
    this.#escape -= 1;
    return HEX.has(byte);
  }

  #readNumber(chunk: Uint8Array, from: number): number | null {
    let at = from;
    let part = this.#part;
    // One byte more than is taken: whether it ends there is to be seen.
    const most = Math.min(chunk.length, from + MAX_NUMBER + 1 - this.#length);
    for (; at < most; at += 1) {
      const next = NEXT[part * 256 + (chunk[at] ?? 0)] ?? ENDS;
      if (next === ENDS) {
        break;
      }
      part = next;
    }
    this.#part = part;
    this.#length += at - from;
    if (this.#length > MAX_NUMBER) {
      return null;
    }
    if (this.#isKept) {
      this.#keep(chunk, from, at);
    }
    if (at === chunk.length) {
      return at;
    }
    this.#inside = null;
    this.#value = this.#isKept ? { number: this.#takeKept() } : undefined;
    return COMPLETE[part] === true ? at : null;
  }

  #readWord(chunk: Uint8Array, from: number): number | null {
    const word = this.#word ?? Buffer.alloc(0);
    let at = from;
    while (at < chunk.length && this.#length < word.length) {
      if (chunk[at] !== word[this.#length]) {
        return null;
      }
      at += 1;
      this.#length += 1;
    }
    if (this.#length === word.length) {
      this.#inside = null;
      const isNull = word[0] === 0x6e;
      this.#value = !this.#isKept ? undefined : isNull ? null : word[0] === 0x74;
    }
    return at;
  }
}
