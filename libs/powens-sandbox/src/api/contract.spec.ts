import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { differences } from '../__helpers__/contract/field-check.js';
import type { Seen } from '../__helpers__/contract/field-check.js';
import {
  ITEMS,
  lastPart,
  LISTS,
  OTHERS,
  patternOf,
  readRoutes,
} from '../__helpers__/contract/reading-routes.js';
import type { Who } from '../__helpers__/contract/reading-routes.js';
import { RichUser } from '../__helpers__/contract/rich-user.js';
import { RESOURCES } from '../wire/resources.js';
import type { Confidence } from '../wire/table/field.js';

describe('answers of the API', () => {
  let user: RichUser;
  const seen: Seen = new Set();
  beforeAll(async () => {
    user = await RichUser.start();
  });
  afterAll(() => user.sandbox.close());

  async function read(path: string, who: Who = 'user'): Promise<Record<string, unknown>> {
    const { filled, status, json } = await user.read(path, who);
    expect([filled, status]).toEqual([filled, 200]);
    return json;
  }

  it.each(LISTS)('should hold in $path what the table of $key says', async ({ path, key, resource, who }) => {
    const items = (await read(path, who))[key] as unknown[];
    expect(items.length).toBeGreaterThan(0);
    expect(items.flatMap((one) => differences(one, resource, seen))).toEqual([]);
  });

  it.each(ITEMS)('should answer at $path what its table says', async ({ path, resource, who }) => {
    expect(differences(await read(path, who), resource, seen)).toEqual([]);
  });

  it('should answer what their tables say where nothing is listed: tokens, keys shown once', async () => {
    for (const { resource, json } of await user.made()) {
      expect(differences(json, resource, seen)).toEqual([]);
    }
  });

  it('should be tried here for every route that reads something', () => {
    const tried = [...LISTS, ...ITEMS].map(({ path }) => patternOf(path));
    const known = new Set([...tried, ...OTHERS.map(patternOf)]);
    const untried = readRoutes().filter((path) => !known.has(patternOf(lastPart(path))));
    expect(untried).toEqual([]);
  });

  it('should have a value in each field that the tables call simulated, and in no other', () => {
    const fields = FIELDS.map(({ name, isSimulated }) => ({ name, isSimulated, hasValue: seen.has(name) }));
    expect(fields.filter(({ isSimulated, hasValue }) => isSimulated !== hasValue)).toEqual([]);
  });

  it('should count what the tables hold: a line that the README repeats', () => {
    const count = (sure: Confidence): number => FIELDS.filter(({ confidence }) => confidence === sure).length;
    const missing = FIELDS.filter(({ isSimulated }) => !isSimulated).length;
    const line = `${RESOURCES.length} resources, ${FIELDS.length} fields: ${count('A')} A, ${count('B')} B, ${count('C')} C; ${missing} not simulated`;
    process.stdout.write(`${line}\n`);
    expect(readFileSync(new URL('../../README.md', import.meta.url), 'utf8')).toContain(line);
  });

  it('should be described by one table of resources, each with its source', () => {
    const used = [...LISTS, ...ITEMS].map(({ resource }) => resource);
    expect(used.filter((resource) => !RESOURCES.includes(resource))).toEqual([]);
    expect(new Set(RESOURCES.map(({ name }) => name)).size).toBe(RESOURCES.length);
    expect(RESOURCES.filter(({ source }) => !source.startsWith('https://'))).toEqual([]);
  });
});

/** Every field of every table, as `Transaction.id`. */
const FIELDS = RESOURCES.flatMap(({ name, confidence, fields }) =>
  Object.entries(fields).map(([key, field]) => ({
    name: `${name}.${key}`,
    confidence: field.confidence ?? confidence,
    isSimulated: field.isSimulated !== false,
  })),
);
