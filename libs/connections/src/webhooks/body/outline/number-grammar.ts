type NumberPart = 'start' | 'sign' | 'zero' | 'digits' | 'point' | 'fraction' | 'e' | 'e sign' | 'power';

const PARTS: readonly NumberPart[] = [
  ...(['start', 'sign', 'zero', 'digits', 'point', 'fraction', 'e', 'e sign', 'power'] as const),
];

/** Parts after which a number may end. */
export const COMPLETE: readonly boolean[] = PARTS.map((part) =>
  ['zero', 'digits', 'fraction', 'power'].includes(part),
);

/** The grammar of numbers: which bytes lead from a part to which. Any other byte ends the number. */
const GRAMMAR: readonly (readonly [from: NumberPart, bytes: string, to: NumberPart])[] = [
  ['start', '-', 'sign'],
  ['start', '0', 'zero'],
  ['start', '123456789', 'digits'],
  ['sign', '0', 'zero'],
  ['sign', '123456789', 'digits'],
  ['digits', '0123456789', 'digits'],
  ['zero', '.', 'point'],
  ['digits', '.', 'point'],
  ['point', '0123456789', 'fraction'],
  ['fraction', '0123456789', 'fraction'],
  ['zero', 'eE', 'e'],
  ['digits', 'eE', 'e'],
  ['fraction', 'eE', 'e'],
  ['e', '+-', 'e sign'],
  ['e', '0123456789', 'power'],
  ['e sign', '0123456789', 'power'],
  ['power', '0123456789', 'power'],
];

/** No part: the number ends before this byte. */
export const ENDS = 255;

/** The grammar as a table: by part and byte, the next part. A byte is looked up in a few nanoseconds. */
export const NEXT = new Uint8Array(PARTS.length * 256).fill(ENDS);
for (const [from, bytes, to] of GRAMMAR) {
  for (const byte of Buffer.from(bytes)) {
    NEXT[PARTS.indexOf(from) * 256 + byte] = PARTS.indexOf(to);
  }
}
