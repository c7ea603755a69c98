import { setImmediate as nextTurn } from 'node:timers/promises';
import { TokenParser, TokenType, type ParsedTokenInfo } from '@streamparser/json';
import { WebhookError } from '../../errors/index.js';
import { ExactTokenizer } from './exact-tokenizer.js';

/** Which items of a body are wanted. */
export interface WantedItems {
  /** Where they stand, as `$.connection.accounts.*`. */
  readonly paths: readonly string[];
  /** Names of lists inside them that are not wanted: `null` stands in their place, and nothing of them is held. */
  readonly without: readonly string[];
}

/**
 * Gives the items of a body one by one, while it is read: a body of megabytes is never in memory at once.
 *
 * @throws WebhookError `webhook_unreadable` where the JSON breaks off
 * @internal
 */
export async function* itemsOf(bytes: AsyncIterable<Buffer>, wanted: WantedItems): AsyncGenerator {
  const reader = new ItemReader(wanted);
  for await (const chunk of bytes) {
    yield* reader.write(chunk);
    await nextTurn();
  }
}

class ItemReader {
  readonly #tokenizer = new ExactTokenizer();
  readonly #parser: TokenParser;
  readonly #without: ReadonlySet<unknown>;
  #items: unknown[] = [];
  #text: unknown = null;
  #key: unknown = null;
  /** How deep inside a list that is left out; 0 outside of any. */
  #skipped = 0;
  #failed = false;

  constructor({ paths, without }: WantedItems) {
    // What was given away is not kept in its parent either.
    this.#parser = new TokenParser({ paths: [...paths], keepStack: false });
    this.#without = new Set(without);
    this.#parser.onValue = ({ value }): void => {
      this.#items.push(value);
    };
    this.#tokenizer.onToken = (token): void => {
      this.#take(token);
    };
    this.#tokenizer.onError = this.#parser.onError = (): void => {
      this.#failed = true;
    };
  }

  write(chunk: Uint8Array): unknown[] {
    this.#tokenizer.write(chunk);
    if (this.#failed) {
      throw new WebhookError('webhook_unreadable', 'The body that is kept is no JSON.');
    }
    const items = this.#items;
    this.#items = [];
    return items;
  }

  #take(info: ParsedTokenInfo): void {
    const { token } = info;
    if (this.#skipped > 0) {
      this.#skip(token);
      return;
    }
    if (token === TokenType.LEFT_BRACKET && this.#without.has(this.#key)) {
      this.#skipped = 1;
      this.#parser.write({ token: TokenType.NULL, value: null });
      return;
    }
    this.#note(info);
    this.#parser.write(info);
  }

  #skip(token: TokenType): void {
    if (token === TokenType.LEFT_BRACKET || token === TokenType.LEFT_BRACE) {
      this.#skipped += 1;
    } else if (token === TokenType.RIGHT_BRACKET || token === TokenType.RIGHT_BRACE) {
      this.#skipped -= 1;
    }
  }

  /** The name that a list stands under: the text right before the colon right before it. */
  #note({ token, value }: ParsedTokenInfo): void {
    this.#key = token === TokenType.COLON ? this.#text : null;
    this.#text = token === TokenType.STRING ? value : null;
  }
}
