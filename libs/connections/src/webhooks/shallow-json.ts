import { TokenParser, TokenType, type ParsedTokenInfo } from '@streamparser/json';
import { ExactTokenizer } from './exact-tokenizer.js';

/** Deeper than anything Powens documents (WH-05). */
export const MAX_DEPTH = 64;

/**
 * Parses the outside of a JSON text that comes chunk by chunk: the single values of the root and of the objects named,
 * with `null` in place of everything deeper. Megabytes pass through, a few hundred bytes stay. Of what is left out only the
 * brackets are looked at: it is signed, and nothing is read of it.
 *
 * @internal
 */
export class ShallowJson {
  readonly #tokenizer = new ExactTokenizer();
  readonly #parser = new TokenParser({ paths: ['$'] });
  readonly #kept: ReadonlySet<string>;
  /** The containers that are open, outermost first: whether each is an object. */
  readonly #open: boolean[] = [];
  /** Depth of the container that is left out, while one is. */
  #skipped: number | null = null;
  #text: unknown = null;
  #key: unknown = null;
  #failed = false;
  #root: unknown = null;

  /** @param kept - names at the root whose objects are wanted, one level of each */
  constructor(kept: readonly string[]) {
    this.#kept = new Set(kept);
    this.#tokenizer.onToken = (token): void => {
      this.#take(token);
    };
    const fail = (): void => {
      this.#failed = true;
    };
    this.#tokenizer.onError = fail;
    this.#parser.onError = fail;
    // They are told of an end of their own, which is not needed; without a listener that is no error.
    this.#parser.onValue = ({ value }): void => {
      this.#root = value;
    };
  }

  /** Takes the next bytes; whatever comes after a fault is not looked at. */
  write(chunk: Uint8Array): void {
    if (!this.#failed) {
      this.#tokenizer.write(chunk);
    }
  }

  /** @returns the root, or null when it is no object, is no JSON, or is nested too deeply */
  end(): Readonly<Record<string, unknown>> | null {
    if (!this.#failed && !this.#tokenizer.isEnded) {
      this.#tokenizer.end();
    }
    const isObject = typeof this.#root === 'object' && !Array.isArray(this.#root);
    return this.#failed || !isObject ? null : (this.#root as Record<string, unknown> | null);
  }

  #take(info: ParsedTokenInfo): void {
    const { token } = info;
    if (token === TokenType.LEFT_BRACE || token === TokenType.LEFT_BRACKET) {
      this.#enter(info);
    } else if (token === TokenType.RIGHT_BRACE || token === TokenType.RIGHT_BRACKET) {
      this.#leave(info);
    } else if (this.#skipped === null) {
      this.#note(info);
      this.#parser.write(info);
    }
  }

  #note({ token, value }: ParsedTokenInfo): void {
    if (token === TokenType.STRING) {
      this.#text = value;
    } else if (token === TokenType.COLON && this.#open.length === 1) {
      this.#key = this.#text;
    }
  }

  #enter(info: ParsedTokenInfo): void {
    this.#open.push(info.token === TokenType.LEFT_BRACE);
    this.#failed ||= this.#open.length > MAX_DEPTH;
    if (this.#skipped !== null) {
      return;
    }
    if (this.#isKept()) {
      this.#parser.write(info);
    } else {
      this.#skipped = this.#open.length;
    }
  }

  #isKept(): boolean {
    const isNamed = typeof this.#key === 'string' && this.#kept.has(this.#key);
    return this.#open.length === 1 || (this.#open.length === 2 && this.#open[1] === true && isNamed);
  }

  #leave(info: ParsedTokenInfo): void {
    const depth = this.#open.length;
    this.#failed ||= this.#open.pop() !== (info.token === TokenType.RIGHT_BRACE);
    if (this.#skipped === null) {
      this.#parser.write(info);
    } else if (this.#skipped === depth) {
      this.#skipped = null;
      this.#parser.write({ token: TokenType.NULL, value: null });
    }
  }
}
