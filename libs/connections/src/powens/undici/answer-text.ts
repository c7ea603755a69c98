/**
 * The text of an answer that is collected whole, up to a limit.
 *
 * @internal
 */
export class AnswerText {
  readonly #chunks: Uint8Array[] = [];
  #size = 0;

  /** @param limit - the most bytes */
  constructor(private readonly limit: number) {}

  /** @returns false when it is too large */
  receive(chunk: Uint8Array): boolean {
    this.#size += chunk.length;
    if (this.#size > this.limit) {
      return false;
    }
    this.#chunks.push(chunk);
    return true;
  }

  complete(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }
}
