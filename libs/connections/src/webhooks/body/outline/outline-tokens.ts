import { KeptBytes } from './kept-bytes.js';
import { COMPLETE, ENDS, NEXT } from './number-grammar.js';
import { TextScanner } from './text-scanner.js';

/** A single value of JSON. A number is the text that stands there. */
export type OutlineScalar = { readonly number: string } | { readonly text: string } | boolean | null;

/** Characters of a number: an id has 19 at most, an exact amount hardly more. */
const MAX_NUMBER = 40;
const WORDS: ReadonlyMap<number, Buffer> = new Map(
  ['true', 'false', 'null'].map((word) => [word.charCodeAt(0), Buffer.from(word)]),
);

/**
 * Reads the texts, numbers and words of JSON, which may be cut anywhere.
 *
 * @internal
 */
export class OutlineTokens {
  readonly #text = new TextScanner();
  readonly #kept = new KeptBytes();
  #inside: 'text' | 'number' | 'word' | null = null;
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
    this.#text.begin();
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
    this.#kept.begin(isKept);
    this.#length = 0;
    this.#value = undefined;
  }

  #readText(chunk: Uint8Array, from: number): number | null {
    const at = this.#text.endIn(chunk, from);
    if (at === null) {
      return null;
    }
    this.#kept.add(chunk, from, at);
    if (at === chunk.length) {
      return at;
    }
    this.#inside = null;
    const raw = this.#kept.take();
    this.#value = raw === null ? undefined : { text: JSON.parse(`"${raw}"`) as string };
    return at + 1;
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
    this.#kept.add(chunk, from, at);
    if (at === chunk.length) {
      return at;
    }
    this.#inside = null;
    const number = this.#kept.take();
    this.#value = number === null ? undefined : { number };
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
      this.#value = !this.#kept.isOn ? undefined : isNull ? null : word[0] === 0x74;
    }
    return at;
  }
}
