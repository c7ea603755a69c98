/** How the driver turns the text of a column into a value. */
type Parse = (text: string) => unknown;

const asText: Parse = (text) => text;
const asNumber: Parse = Number;
const asJson: Parse = (text) => JSON.parse(text) as unknown;

const BACKSLASH = 0x5c;

/** Object ids of PostgreSQL's types. `bigint` stays text: a position may be larger than a number holds. */
const PARSERS = new Map<number, Parse>([
  [16, (text) => text === 't'],
  [17, bytes],
  [20, asText],
  [21, asNumber],
  [23, asNumber],
  [114, asJson],
  [3802, asJson],
  // timestamp, timestamptz, date, time, timetz, interval, real, double precision: their text depends on settings of the
  // session.
  ...[1114, 1184, 1082, 1083, 1266, 1186, 700, 701].map((oid): [number, Parse] => [oid, refused]),
]);

/**
 * Parsers that the library passes with every statement, so that neither `pg.types.setTypeParser` in the host nor
 * `DateStyle`, `IntervalStyle`, `TimeZone`, `extra_float_digits` or `bytea_output` of a session affects the values that are read.
 *
 * @internal
 */
export const VALUE_TYPES = {
  getTypeParser: (oid: number): Parse => PARSERS.get(oid) ?? asText,
};

/** Both values of `bytea_output`: `\x6869`, and `escape`, where a backslash is doubled and other bytes are `\nnn`. */
function bytes(text: string): Buffer {
  if (text.startsWith('\\x')) {
    return Buffer.from(text.slice(2), 'hex');
  }
  const escaped = Buffer.from(text, 'latin1');
  const plain = Buffer.alloc(escaped.length);
  let length = 0;
  for (let at = 0; at < escaped.length; length += 1) {
    const isEscape = escaped[at] === BACKSLASH && escaped[at + 1] !== BACKSLASH;
    if (isEscape) {
      plain[length] = Number.parseInt(escaped.toString('latin1', at + 1, at + 4), 8);
      at += 4;
    } else {
      plain[length] = escaped[at] ?? 0;
      at += escaped[at] === BACKSLASH ? 2 : 1;
    }
  }
  return plain.subarray(0, length);
}

function refused(): never {
  throw Object.assign(
    new Error('A statement returns a time or a float. Select it with epochMs(), or as an integer, instead.'),
    { code: 'TEXT_DEPENDS_ON_SETTINGS' },
  );
}
