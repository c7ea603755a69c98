import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { summaryOf, type Scalars, type WebhookSummary } from './webhook-summary.js';

async function atOnce(text: string | Buffer): Promise<WebhookSummary | null> {
  return summaryOf([Buffer.from(text)]);
}

async function inPieces(text: string | Buffer, cuts: readonly number[] = []): Promise<WebhookSummary | null> {
  return summaryOf(cut(Buffer.from(text), cuts));
}

function cut(body: Buffer, cuts: readonly number[]): Buffer[] {
  const at = [...new Set(cuts.map((each) => each % (body.length + 1)))].sort((a, b) => a - b);
  return [0, ...at].map((from, index) => body.subarray(from, at[index] ?? body.length));
}

/** The names that processing reads. */
const READ = {
  root: ['id', 'id_webhook_data', 'id_user', 'id_connection', 'id_transaction', 'type', 'disabled'],
  user: ['id'],
  connection: ['id', 'id_user', 'state', 'last_update'],
  ownership: ['id_user', 'id_connection'],
};

/** What should be found, by the language's own parser. */
function model(text: string): WebhookSummary | null {
  const root: unknown = JSON.parse(text);
  if (typeof root !== 'object' || root === null || Array.isArray(root)) return null;
  const {
    user,
    connection,
    account_ownerships: ownerships,
  } = Object.assign(Object.create(null) as Record<string, unknown>, root);
  return {
    root: scalars(root, READ.root),
    user: scalars(user, READ.user),
    connection: scalars(connection, READ.connection),
    ownership: scalars(Array.isArray(ownerships) ? ownerships[0] : null, READ.ownership),
  };
}

function scalars(value: unknown, names: readonly string[]): Scalars {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const kept = Object.entries(isObject ? value : {})
    .filter(([name]) => names.includes(name))
    .map(([name, each]): [string, string | boolean | null] => {
      if (typeof each === 'object') return [name, null];
      const isText = typeof each === 'string';
      return [name, typeof each === 'boolean' ? each : isText ? printable(each) : String(each)];
    })
    .filter(([, each]) => typeof each !== 'string' || each.length <= 64);
  return Object.assign(Object.create(null) as Scalars, Object.fromEntries(kept));
}

function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ');
}

const name = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.constantFrom(
      ...[
        'id',
        'id_user',
        'user',
        'connection',
        'state',
        'id_webhook_data',
        'id_connection',
        'account_ownerships',
      ],
    ),
  },
  fc.constantFrom('', '__proto__', 'constructor', 'prototype', 'toString', '0', 'a\u0000b', 'é😀', '"\\/'),
  fc.string({ unit: 'binary', maxLength: 6 }),
);
const single = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, 0, -0, 1, -1.5, 1e21, 1e-7, 412, '', 'wrongpass', '90211'),
  fc.integer(),
  fc.integer().map((each) => each / 100),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ minLength: 60, maxLength: 70 }),
);
const { value: anything } = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 4, withCrossShrink: true }, single, tie('list'), tie('object')),
  list: fc.array(tie('value'), { maxLength: 4 }),
  object: fc.dictionary(name, tie('value'), { maxKeys: 5, noNullPrototype: true }),
}));
const entries = fc.array(fc.tuple(name, anything), { maxLength: 8 });
/** As text, so that a key may be there twice. */
const document = entries.map(
  (pairs) => `{${pairs.map(([key, each]) => `${JSON.stringify(key)}: ${JSON.stringify(each)}`).join(', ')}}`,
);

afterEach(() => {
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

describe(summaryOf.name, () => {
  it('should find the same when every byte comes alone, within characters and escapes too', async () => {
    const text =
      '{"a\\u00e9": "é😀\\ud83d\\ude00\\n\\"", "user": {"id": 412, "é": [1, {"id": 9}]}, "n": -1.5e3, ' +
      '"connection": {"id": 1187, "sources": [], "state": null, "deep": {"id": 1}}, "t": true}';
    const every = Array.from({ length: Buffer.byteLength(text) }, (_, index) => index);
    expect(await inPieces(text, every)).toEqual(model(text));
    expect(model(text)?.connection).toMatchObject({ id: '1187', state: null });
  });

  it.each([
    '9007199254740993',
    '-9007199254740993',
    '123456789012345678901234567890',
    '0.12345678901234567890',
  ])('should keep each digit of %s on both ways [RL-19, W16]', async (number) => {
    const text = `{"id": ${number}, "user": {"id": ${number}}, "connection": {"id": [${number}]}}`;
    for (const summary of [await atOnce(text), await inPieces(text, [7, 11])]) {
      expect(summary).toMatchObject({ root: { id: number }, user: { id: number } });
    }
  });

  it.each(['1e3', '1.0', '-0', '1E+2', '1e400', '0.000001', '1e-7', '100000000000000000000000'])(
    'should take %s for the same number on both ways [W16]',
    async (number) => {
      const text = `{"id": ${number}, "connection": {"id": ${number}}}`;
      expect(await inPieces(text)).toEqual(await atOnce(text));
    },
  );

  it.each([
    '{"__proto__": {"polluted": 1}, "id": 1}',
    '{"user": {"__proto__": {"polluted": 1}, "id": 2}, "id": 1}',
    '{"__proto__": null, "user": {"__proto__": 7, "constructor": {"prototype": {"polluted": 1}}}, "id": 1}',
    '{"constructor": {"prototype": {"polluted": 1}}, "id": 1}',
    '{"__proto__": {"user": {"id": 2}, "id": 3}, "id": 1}',
    '{"id": 1, "user": "x", "connection": [{"id": 2}], "__proto__": [{"id": 3}]}',
  ])('should pollute nothing with %s, and find own values only [W16]', async (text) => {
    for (const summary of [await atOnce(text), await inPieces(text)]) {
      expect(summary).toEqual(model(text));
      expect(summary?.root).toMatchObject({ id: '1' });
      expect(Object.getPrototypeOf(summary?.user)).toBeNull();
      expect(Object.keys(summary?.root ?? {})).not.toContain('__proto__');
    }
  });

  it.each([
    ['{"id": 1, "id": 2}', { id: '2' }],
    ['{"user": {"id": 1}, "user": {"id": 2}, "id": 3}', { id: '3' }],
    ['{"user": {"id": 1}, "user": 5}', {}],
    ['{"user": 5, "user": {"id": 1}}', {}],
    ['{"id": 1, "id": "' + 'x'.repeat(65) + '"}', {}],
    ['{"id": 1, "id": [{"id": 2}]}', { id: null }],
    ['{"id": 1, "\\u0069d": 2}', { id: '2' }],
    ['{"id": {"a": 1}, "id": 4}', { id: '4' }],
  ])('should let the last of two equal keys win in %s [W16]', async (text, root) => {
    for (const summary of [await atOnce(text), await inPieces(text)]) {
      expect(summary).toEqual(model(text));
      expect({ ...summary?.root }).toEqual(root);
    }
  });

  it.each([
    ['lists', (depth: number) => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`],
    ['objects', (depth: number) => `${'{"a":'.repeat(depth - 1)}{}${'}'.repeat(depth - 1)}`],
    ['a kept object', (depth: number) => `{"user":${'{"a":'.repeat(depth - 2)}{}${'}'.repeat(depth - 1)}`],
  ])(
    'should take %s nested 64 deep and not 65 deep, at once and in pieces [W16, WH-05]',
    async (_, nested) => {
      for (const read of [atOnce, inPieces]) {
        expect(await read(nested(64))).not.toBeNull();
        expect(await read(nested(65))).toBeNull();
      }
    },
  );

  it.each([
    ...[
      '',
      ' ',
      'null',
      '1',
      '"x"',
      'true',
      '[]',
      '[{"id":1}]',
      '{',
      '}',
      '{"id":1',
      '{"id":1}}',
      '{"id":1}x',
    ],
    ...[
      '{"id":1}{"id":2}',
      '{"id":1},',
      '{id:1}',
      "{'id':1}",
      '{"id":01}',
      '{"id":+1}',
      '{"id":1.}',
      '{"id":.5}',
    ],
    ...['{"id":NaN}', '{"id":1,}', '{,}', '{"a" 1}', '{"a":}', '{"a":1 "b":2}', '{"a":[1}', '{"a":]}'],
    ...['{"a":"\n"}', '{"a":"\\x"}', '{"a":"\\u12g4"}', '{"a":tru}', '{"a":truee}', '{"a":1e}', '{"a":--1}'],
    ...['{"user":{1:2}}'],
    ...['\u0000{}', '{}\u0000', '{"a":1}/**/', '<html>', 'id=1&user=2'],
  ])('should take %j for no webhook on both ways [U05]', async (text) => {
    expect(await atOnce(text)).toBeNull();
    expect(await inPieces(text)).toBeNull();
  });

  it.each([
    '{"a":[1,],"id":1}',
    '{"a":[1 2],"id":1}',
    '{"a":{"b"},"id":1}',
    '{"a":[:],"id":1}',
    '{"a":[[}],"id":1}',
    '{"a":{"b":1,},"id":1}',
    '{"a":{,"b":1},"id":1}',
  ])('should refuse %s, deep in what it does not keep, too', async (text) => {
    expect(await atOnce(text)).toBeNull();
    expect(await inPieces(text, [5, 7])).toBeNull();
  });

  it('should read a body that begins with a byte order mark', async () => {
    const text = '\ufeff{"id": 1}';
    expect(await atOnce(text)).toMatchObject({ root: { id: '1' } });
    expect(await inPieces(text, [1, 2])).toMatchObject({ root: { id: '1' } });
  });

  it('should not fail with bytes that are no UTF-8 [W02]', async () => {
    const bytes = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff, 0xfe]), Buffer.from('","id":1}')]);
    expect(await atOnce(bytes)).toMatchObject({ root: { id: '1' } });
    expect(await inPieces(bytes, [7])).toMatchObject({ root: { id: '1' } });
  });

  // Last: what a table finds in a moment, this takes long to shrink.
  it('should find what JSON.parse finds, however the bytes are cut, at once and in pieces [W16]', async () => {
    await fc.assert(
      fc.asyncProperty(document, fc.array(fc.nat(), { maxLength: 12 }), async (text, cuts) => {
        const expected = model(text);
        expect(await atOnce(text)).toEqual(expected);
        expect(await inPieces(text, cuts)).toEqual(expected);
      }),
      { numRuns: 400 },
    );
  });
});
