import { describe, expect, it } from 'vitest';
import { JsonOutline, type OutlineNames, type OutlineValues } from './json-outline.js';

const NAMES: OutlineNames = {
  root: new Set(['id', 'note', 'user']),
  inside: new Map([
    ['user', new Set(['id'])],
    ['connection', new Set(['id', 'state', 'user'])],
  ]),
  first: new Map([['holders', new Set(['id', 'holders'])]]),
};
const BOUNDS = { depth: 3, members: 3, items: 4, values: 8 };

/** What is found, or null; the bytes come whole, or one by one. */
function outlineOf(text: string, cut = false): object | null {
  const outline = new JsonOutline(NAMES, BOUNDS);
  const bytes = Buffer.from(text);
  for (const part of cut ? [...bytes].map((byte) => Buffer.from([byte])) : [bytes]) outline.write(part);
  const found = outline.end();
  return found === null
    ? null
    : {
        root: textOf(found.root),
        inside: Object.fromEntries([...found.inside].map(([name, each]) => [name, textOf(each)])),
      };
}

function textOf(values: OutlineValues): object {
  return Object.fromEntries(values);
}

function isTaken(text: string): boolean {
  const [whole, cut] = [outlineOf(text), outlineOf(text, true)];
  expect(cut).toEqual(whole);
  return whole !== null;
}

describe(JsonOutline.name, () => {
  it.each([
    ['an object of as many members as there may be', '{"a":1,"b":2,"c":3}', true],
    ['one member more', '{"a":1,"b":2,"c":3,"d":4}', false],
    ['a nested object with one member more', '{"a":{"a":1,"b":2,"c":3,"d":4}}', false],
    ['a list of as many items as there may be', '{"a":[1,2,3,4]}', true],
    ['one item more', '{"a":[1,2,3,4,5]}', false],
    ['one item more that is a text', '{"a":[1,2,3,4,""]}', false],
    ['one item more that is a list', '{"a":[1,2,3,4,[]]}', false],
    ['as many levels as there may be', '{"a":[{}]}', true],
    ['one level more', '{"a":[{"b":{}}]}', false],
    ['one level more that is a list', '{"a":[[[]]]}', false],
    ['levels beside each other', '{"a":[[],[]],"b":{"c":{}}}', true],
    ['as many values as there may be', '{"a":[1,2],"b":[3,4],"c":[5]}', true],
    ['one value more', '{"a":[1,2],"b":[3,4],"c":[5,6]}', false],
  ])('should tell whether it takes %s [WH-05, N9]', (_, text, taken) => {
    expect(isTaken(text)).toBe(taken);
  });

  it('should know that it takes nothing more as soon as a bound is passed, and look no further [N9]', () => {
    const outline = new JsonOutline(NAMES, BOUNDS);
    outline.write(Buffer.from('{"a":[1,2,3,4,'));
    expect(outline.isBroken).toBe(false);
    outline.write(Buffer.from('5'));
    expect(outline.isBroken).toBe(true);
    outline.write(Buffer.from(']}'));
    expect([outline.isBroken, outline.end()]).toEqual([true, null]);
  });

  it.each([
    ['{"id":7}', { id: { number: '7' } }, {}],
    ['{"id":"7"}', { id: { text: '7' } }, {}],
    ['{"note":true,"id":false}', { note: true, id: false }, {}],
    ['{"id":null}', { id: null }, {}],
    ['{"id":[7]}', { id: null }, {}],
    ['{"id":{"id":7}}', { id: null }, {}],
    ['{"other":7}', {}, {}],
    ['{"a":{"id":7}}', {}, {}],
    ['{"a":["id",7]}', {}, {}],
    ['{"user":{"id":7,"state":8}}', { user: null }, { user: { id: { number: '7' } } }],
    ['{"connection":{"id":7}}', {}, { connection: { id: { number: '7' } } }],
    ['{"connection":{"state":{"id":7}}}', {}, { connection: { state: null } }],
    ['{"connection":[{"id":7}]}', {}, {}],
    ['{"connection":7}', {}, {}],
    ['{"a":{"connection":{"id":7}}}', {}, {}],
    ['{"user":{"id":7},"id":8}', { user: null, id: { number: '8' } }, { user: { id: { number: '7' } } }],
    ['{"id":7,"id":8}', { id: { number: '8' } }, {}],
    ['{"connection":{"id":7},"connection":8}', {}, {}],
    ['{"connection":{"id":7},"connection":{"state":8}}', {}, { connection: { state: { number: '8' } } }],
    ['{"user":{"id":7,"id":[]},"note":""}', { user: null, note: { text: '' } }, { user: { id: null } }],
    [
      '{"user":{"id":7},"connection":{"user":8}}',
      { user: null },
      { user: { id: { number: '7' } }, connection: { user: { number: '8' } } },
    ],
    ['{"connection":{"user":{"id":7}}}', {}, { connection: { user: null } }],
    [`{"note":"${'a'.repeat(1024)}"}`, { note: { text: 'a'.repeat(1024) } }, {}],
    [`{"note":"${'a'.repeat(1025)}","id":8}`, { id: { number: '8' } }, {}],
    [`{"${'a'.repeat(2000)}":7,"id":8}`, { id: { number: '8' } }, {}],
    ['{"holders":[{"id":7}]}', {}, { holders: { id: { number: '7' } } }],
    ['{"holders":[{"id":7},{"id":8}]}', {}, { holders: { id: { number: '7' } } }],
    ['{"holders":[{},{"id":8}]}', {}, { holders: {} }],
    ['{"holders":[7,{"id":8}]}', {}, {}],
    ['{"holders":[[],{"id":8}]}', {}, {}],
    ['{"holders":{"id":7}}', {}, {}],
    ['{"holders":[]}', {}, {}],
    ['{"user":[{"id":7}]}', { user: null }, {}],
    ['{"a":[{"id":7}]}', {}, {}],
    ['{"holders":[{"id":7}],"holders":8}', {}, {}],
    ['{"holders":[{"holders":7}]}', {}, { holders: { holders: { number: '7' } } }],
    ['\ufeff {"id":7}', { id: { number: '7' } }, {}],
    [' \t\r\n{ "id" : 7 } \n', { id: { number: '7' } }, {}],
  ])('should find in %j what is named, where it is named', (text, root, inside) => {
    for (const cut of [false, true]) expect(outlineOf(text, cut)).toEqual({ root, inside });
  });

  it.each([
    ...[
      '',
      ' ',
      '7',
      '"id"',
      'null',
      '[]',
      '[{"id":7}]',
      '{',
      '{"id"',
      '{"id":',
      '{"id":7',
      '{"id":7,',
      '{"a":[',
      '{"a":[7',
    ],
    ...[
      '}',
      ']',
      ',',
      ':',
      '{}{}',
      '{}7',
      '{}""',
      '{},',
      '{}:',
      '{}]',
      '{}[]',
      '{7}',
      '{7:7}',
      '{null:7}',
      '{"a"}',
      '{"a",7}',
    ],
    ...[
      '{"a"7}',
      '{"a":}',
      '{"a":,}',
      '{"a"::7}',
      '{"a":7:7}',
      '{"a":7 7}',
      '{"a":7"b"}',
      '{"a":"b""c"}',
      '{"a":7,}',
      '{,}',
    ],
    ...[
      '{"a":[7,]}',
      '{"a":[,7]}',
      '{"a":[7 7]}',
      '{"a":[7:7]}',
      '{"a":[7}}',
      '{"a":{]}',
      '{"a":[}]',
      '{"a":{}]',
      '[}',
      '{]',
    ],
    ...[
      '{"a":{} {}}',
      '{"a":[] []}',
      '{"a":{} 7}',
      '{"a":[] ""}',
      '{[]:7}',
      '{{}:7}',
      '{"a":{"b"[]}}',
      '\ufeff\ufeff{}',
      '{}\ufeff',
    ],
    ...['x{}', '{}x', '{"a":x}', '{x}', '{"a":\u00a07}'],
  ])('should refuse %j, at once and byte by byte', (text) => {
    expect(isTaken(text)).toBe(false);
  });
});
