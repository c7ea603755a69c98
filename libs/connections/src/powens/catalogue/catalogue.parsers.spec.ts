import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExactJson } from '../../values/json/exact-json.js';
import { UnexpectedShapeError } from '../wire-values.js';
import { parseConnector } from './catalogue.parsers.js';

describe(parseConnector.name, () => {
  it('should do with its id alone, ignore unknown fields, and pollute nothing', () => {
    const text = '{"id":1,"__proto__":{"polluted":1},"brandNew":{"a":[]}}';
    expect(parseConnector(parseExactJson(text))).toMatchObject({ id: '1' });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('should answer any JSON with a value or one error', () => {
    const fields = ['id', 'uuid', 'name', 'color', 'capabilities', 'auth_mechanism', 'beta'];
    const body = fc.oneof(fc.jsonValue(), fc.dictionary(fc.constantFrom(...fields), fc.jsonValue()));
    fc.assert(
      fc.property(body, (value) => {
        try {
          expect(typeof parseConnector(value).id).toBe('string');
        } catch (error) {
          expect(error).toBeInstanceOf(UnexpectedShapeError);
        }
      }),
    );
  });
});
