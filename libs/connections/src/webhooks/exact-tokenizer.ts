import { Tokenizer } from '@streamparser/json';

const STRING_BUFFER = 64 * 1024;

/**
 * Splits JSON into tokens while it comes, numbers as they were written: an id may be longer than a JavaScript number holds,
 * and an amount is a decimal (RL-19).
 *
 * @internal
 */
export class ExactTokenizer extends Tokenizer {
  constructor() {
    super({ stringBufferSize: STRING_BUFFER });
  }

  override parseNumber(text: string): number {
    // The declared type is what callers of the library expect; everybody here takes the value for the text it is.
    return text as unknown as number;
  }
}
