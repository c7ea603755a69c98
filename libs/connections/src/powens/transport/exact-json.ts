import { parse } from 'lossless-json';

// A number of 16 digits or more stands after one of these; within a string it only costs the slower parser.
const LONG_NUMBER = /(?:^|[:[,])\s*-?\d{16}/;

/**
 * Parses JSON without rounding integers: those beyond 2^53 come as `bigint`. `JSON.parse` makes 9007199254740992 of
 * 9007199254740993, which is another connection.
 *
 * @throws SyntaxError
 * @see RL-19
 * @internal
 */
export function parseExactJson(text: string): unknown {
  return LONG_NUMBER.test(text) ? parse(text, null, { parseNumber, onDuplicateKey }) : JSON.parse(text);
}

function parseNumber(text: string): number | bigint {
  const number = Number(text);
  return Number.isSafeInteger(number) || !/^-?\d+$/.test(text) ? number : BigInt(text);
}

// As `JSON.parse` does, so that both ways read one text alike.
function onDuplicateKey({ newValue }: { newValue: unknown }): unknown {
  return newValue;
}
