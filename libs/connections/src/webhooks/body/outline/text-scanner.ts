const ESCAPES: ReadonlySet<number> = new Set(Buffer.from('"\\/bfnrt'));
const HEX: ReadonlySet<number> = new Set(Buffer.from('0123456789abcdefABCDEF'));
/** State of an escape: none, right behind the backslash; below that, how many digits of `\u` are missing. */
const NO_ESCAPE = 0;
const ESCAPE_BEGUN = 5;

/** Finds where a text of JSON ends, which may be cut anywhere. */
export class TextScanner {
  #escape = NO_ESCAPE;

  /** Begins a text, behind its quote. */
  begin(): void {
    this.#escape = NO_ESCAPE;
  }

  /** Where the closing quote is, or the chunk ends; null at a byte that no text has. */
  endIn(chunk: Uint8Array, from: number): number | null {
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
}
