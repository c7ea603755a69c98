/** Bytes of a token that is kept, escapes included; of a longer one nothing is held. */
const MAX_BYTES = 1024;

/** Collects the bytes of a token, where its value is wanted. */
export class KeptBytes {
  #isOn = false;
  #chunks: Uint8Array[] = [];
  #bytes = 0;

  /** Whether the token is kept. */
  get isOn(): boolean {
    return this.#isOn;
  }

  /** Begins a token. */
  begin(isKept: boolean): void {
    this.#isOn = isKept;
  }

  /** Adds a part of a chunk, where the token is kept. */
  add(chunk: Uint8Array, from: number, to: number): void {
    if (!this.#isOn) {
      return;
    }
    this.#bytes += to - from;
    if (this.#bytes > MAX_BYTES) {
      this.#drop();
    } else {
      // A copy: the chunk may be large.
      this.#chunks.push(Uint8Array.from(chunk.subarray(from, to)));
    }
  }

  /** Returns the text of the token that ends; null where it is not kept. */
  take(): string | null {
    if (!this.#isOn) {
      return null;
    }
    const text = Buffer.concat(this.#chunks).toString('utf8');
    this.#drop();
    return text;
  }

  #drop(): void {
    this.#isOn = false;
    this.#chunks = [];
    this.#bytes = 0;
  }
}
