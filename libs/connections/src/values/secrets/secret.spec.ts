import 'reflect-metadata';
import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { format, inspect } from 'node:util';
import { serialize } from 'node:v8';
import { instanceToInstance, instanceToPlain, plainToInstance } from 'class-transformer';
import { describe, expect, it } from 'vitest';
import { AccessToken } from './access-token.js';
import { AuthorizationCode } from './authorization-code.js';
import { Secret } from './secret.js';
import { WebviewCode } from './webview-code.js';

const CANARY = 'canary-vU/6mI1dPh+0eXQ3Y1zqz0kC7FyWb0Aa';
const kinds = [AccessToken, AuthorizationCode, WebviewCode].map((kind) => ({ name: kind.name, kind }));

/** What a console writes. */
function written(print: (console: Console) => void): string {
  let text = '';
  const stream = new Writable({
    write(chunk: Buffer, _, done): void {
      text += chunk.toString();
      done();
    },
  });
  print(new Console({ stdout: stream, stderr: stream }));
  return text;
}

function spread(value: object): object {
  return { ...value };
}

/** The names that for…in visits. */
function inheritedNames(value: object): string[] {
  const names: string[] = [];
  for (const name in value) {
    names.push(name);
  }
  return names;
}

describe.each(kinds)('$name', ({ kind }) => {
  const secret = kind.of(CANARY);
  const nested = { list: [secret], map: new Map([['key', secret]]), set: new Set([secret]) };

  it('should reveal its value to use() alone [TC-14]', async () => {
    expect(secret).toBeInstanceOf(Secret);
    expect(secret.use((value) => value === CANARY)).toBe(true);
    await expect(secret.use(async (value) => Promise.resolve(value.length))).resolves.toBe(CANARY.length);
  });

  it.each<[string, () => string]>([
    ['console.log', () => written((console) => console.log(secret, { secret }))],
    ['console.error', () => written((console) => console.error('failed', nested))],
    ['inspect', () => inspect(secret)],
    ['inspect with hidden properties', () => inspect(nested, { showHidden: true, depth: 9, getters: true })],
    ['a template', () => `Bearer ${secret as unknown as string}`],
    ['concatenation', () => 'Bearer ' + (secret as unknown as string)],
    ['String()', () => String(secret)],
    ['toLocaleString()', () => secret.toLocaleString()],
    ['join()', () => [secret, secret].join()],
    ['JSON.stringify', () => JSON.stringify(secret)],
    ['JSON.stringify, nested', () => JSON.stringify({ secret, list: [secret] })],
    ['%s', () => format('%s', secret)],
    ['%o', () => format('%o', secret)],
    ['%O', () => format('%O', { secret })],
    ['%j', () => format('%j', secret)],
    ['an error message', () => inspect(new Error(`failed for ${String(secret)}`))],
    ['the cause of an error', () => inspect(new Error('failed', { cause: secret }))],
    ['a property name', () => Object.keys({ [secret as unknown as string]: 1 }).join()],
  ])('should print [redacted] in %s [TC-14, G08]', (_, print) => {
    const printed = print();

    expect(printed).toContain('[redacted]');
    expect(printed).not.toContain('canary');
  });

  it.each<[string, () => unknown]>([
    [
      'console.dir, which skips custom forms',
      () => written((console) => console.dir({ secret }, { showHidden: true })),
    ],
    ['structuredClone', () => structuredClone(secret)],
    ['a spread', () => spread(secret)],
    ['Object.assign', () => Object.assign({}, secret)],
    ['Object.entries', () => Object.entries(secret)],
    ['Reflect.ownKeys', () => Reflect.ownKeys(secret)],
    ['class-transformer instanceToPlain', () => instanceToPlain({ secret })],
    ['class-transformer instanceToPlain, itself', () => instanceToPlain(secret)],
    ['JSON of instanceToPlain', () => JSON.stringify(instanceToPlain([secret]))],
    ['class-transformer instanceToInstance', () => instanceToInstance(secret)],
    [
      'class-transformer plainToInstance',
      () => plainToInstance(kind as unknown as new () => Secret, { secret }),
    ],
    ['inspect without the custom form', () => inspect(secret, { showHidden: true, customInspect: false })],
    ['%d %i %f', () => format('%d %i %f', secret, secret, secret)],
    ['the bytes of v8.serialize', () => serialize({ secret }).toString('latin1')],
    ['for…in', () => inheritedNames(secret).map((name): unknown => Reflect.get(secret, name))],
  ])('should give nothing away through %s [TC-14, G08]', (_, copy) => {
    const copied = copy();

    for (const text of [
      inspect(copied, { showHidden: true, depth: 9 }),
      JSON.stringify(copied),
      String(copied),
    ]) {
      expect(text).not.toContain('canary');
    }
  });

  it('should be an empty object to structuredClone and a spread [TC-14, G08]', () => {
    expect(Object.keys(structuredClone(secret))).toEqual([]);
    expect(Reflect.ownKeys(spread(secret))).toEqual([]);
    expect(Reflect.ownKeys(secret)).toEqual([]);
  });
});
