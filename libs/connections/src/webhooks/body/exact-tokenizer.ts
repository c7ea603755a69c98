import { Tokenizer } from '@streamparser/json';
import { parseExactNumber } from '../../values/json/exact-json.js';

const STRING_BUFFER = 64 * 1024;

/**
 * Splits JSON into tokens as it arrives, numbers without rounding: an id may be longer than a JavaScript number holds, and
 * an amount is a decimal (RL-19).
 *
 * @internal
 */
export class ExactTokenizer extends Tokenizer {
  constructor() {
    super({ stringBufferSize: STRING_BUFFER });
  }

  override parseNumber(text: string): number {
    // The declared type is what callers of the library expect; the code here checks the actual type.
    return parseExactNumber(text) as number;
  }
}
