import { parse } from 'lossless-json';

// A number of 16 digits or more stands after one of these; within a string it only costs the slower parser.
const LONG_NUMBER = /(?:^|[:[,])\s*-?[\d.]{16}/;

// More than any id or amount has. Parsing a `bigint` takes time quadratic in its number of digits.
const MAX_LENGTH = 40;

// A JavaScript number represents every decimal of up to 15 significant digits without loss.
const EXACT_DIGITS = 15;

/**
 * A number with a fraction and more digits than a JavaScript number holds, as it was written.
 *
 * @internal
 */
export class LongDecimal {
  constructor(readonly text: string) {}
}

/**
 * Parses JSON without rounding: integers beyond 2^53 come as `bigint`, fractions of more than 15 digits as
 * {@link LongDecimal}. `JSON.parse` makes 9007199254740992 of 9007199254740993, which is another connection.
 *
 * @throws SyntaxError
 * @see RL-19
 * @internal
 */
export function parseExactJson(text: string): unknown {
  return LONG_NUMBER.test(text)
    ? parse(text, null, { parseNumber: parseExactNumber, onDuplicateKey })
    : JSON.parse(text);
}

/**
 * Reads a number of JSON without rounding; see {@link parseExactJson}.
 *
 * @throws SyntaxError for a number of more than 40 characters
 * @internal
 */
export function parseExactNumber(text: string): number | bigint | LongDecimal {
  if (text.length > MAX_LENGTH) {
    throw new SyntaxError(`A number of more than ${MAX_LENGTH} characters.`);
  }
  const number = Number(text);
  if (/^-?\d+$/.test(text)) {
    return Number.isSafeInteger(number) ? number : BigInt(text);
  }
  return significantDigits(text) <= EXACT_DIGITS ? number : new LongDecimal(text);
}

function significantDigits(text: string): number {
  const [mantissa = ''] = text.split(/e/i);
  return mantissa.replace(/[-.]/g, '').replace(/^0+/, '').length;
}

// As `JSON.parse` does, so that both ways read one text alike.
function onDuplicateKey({ newValue }: { newValue: unknown }): unknown {
  return newValue;
}
