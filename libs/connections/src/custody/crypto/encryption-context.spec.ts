import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accessTokenContext, encodeEncryptionContext, type EncryptionContext } from './encryption-context.js';
import { rounds } from '../../../../../test/helpers/sweeps.js';

const context: EncryptionContext = {
  purpose: 'access-token',
  instance: 'default',
  tenant: '',
  ownerId: 'alice',
  rowId: '42',
  powensUserId: '412',
  provider: { apiOrigin: 'https://acme.biapi.pro', clientId: '20000001' },
};

/** Reads the bytes back, without any code under test. */
function decode(bytes: Buffer): string[] {
  const fields: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + 4 + bytes.readUInt32BE(at);
    fields.push(bytes.subarray(at + 4, end).toString('utf8'));
    at = end;
  }
  return fields;
}

// Few symbols, so that moved borders and lookalikes of the length prefix come up all the time.
const symbol = fc.constantFrom('a', 'b', '\0', '\u0001', '\u0004', '.', ':', 'é', 'e\u0301', '漢', '😀');
const text = fc.oneof(
  fc.string({ unit: symbol, minLength: 1, maxLength: 6 }),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }),
);
const anyTenant = fc.oneof(fc.constant(''), text);
const anyContext = fc.record({
  purpose: text as fc.Arbitrary<EncryptionContext['purpose']>,
  instance: text,
  tenant: anyTenant,
  ownerId: text,
  rowId: text,
  powensUserId: text,
  provider: fc.record({ apiOrigin: text, clientId: text }),
});

function fieldsOf(of: EncryptionContext, keyId: string): string[] {
  const { apiOrigin, clientId } = of.provider;
  const { purpose, instance, tenant, ownerId, rowId, powensUserId } = of;
  return ['cx1', purpose, instance, tenant, ownerId, rowId, powensUserId, apiOrigin, clientId, keyId];
}

describe(accessTokenContext.name, () => {
  it('should bind a token to its instance, tenant, owner, row, Powens user and provider [TC-04]', () => {
    const { instance, rowId: userId, powensUserId, provider } = context;
    const row = { userId, owner: { id: 'alice', tenant: 'acme' }, powensUserId, provider };
    expect(accessTokenContext(instance, row)).toEqual({ ...context, tenant: 'acme' });
  });
});

describe(encodeEncryptionContext.name, () => {
  it('should give the documented bytes [TC-04]', () => {
    const part = (value: string): Buffer =>
      Buffer.concat([Buffer.from([0, 0, 0, value.length]), Buffer.from(value)]);
    const place = ['cx1', 'access-token', 'default', '', 'alice', '42'];
    const expected = [...place, '412', 'https://acme.biapi.pro', '20000001', 'k1'].map(part);

    expect(encodeEncryptionContext(context, 'k1')).toEqual(Buffer.concat(expected));
  });

  it('should read back as the fields that went in, so that no two contexts share bytes [TC-04, C06]', () => {
    fc.assert(
      fc.property(anyContext, text, (of, keyId) => {
        const fields = decode(encodeEncryptionContext(of, keyId));
        const expected = fieldsOf(of, keyId);

        return fields.length === expected.length && fields.every((field, index) => field === expected[index]);
      }),
      { numRuns: rounds(1000, 10_000) },
    );
  });

  it('should give equal bytes to equal fields only [TC-04, C06]', () => {
    fc.assert(
      fc.property(anyContext, anyContext, text, text, (a, b, keyA, keyB) => {
        const isSame = fieldsOf(a, keyA).every((field, index) => field === fieldsOf(b, keyB)[index]);

        return encodeEncryptionContext(a, keyA).equals(encodeEncryptionContext(b, keyB)) === isSame;
      }),
      { numRuns: rounds(1000, 10_000) },
    );
  });

  it('should tell apart two fields whose border moved [TC-04, C06]', () => {
    fc.assert(
      fc.property(text, fc.nat(), fc.nat(), (joined, cutA, cutB) => {
        const points = Array.from(`${joined}z`);
        const split = (cut: number): EncryptionContext => {
          const at = cut % points.length;
          return { ...context, tenant: points.slice(0, at).join(''), ownerId: points.slice(at).join('') };
        };
        const [a, b] = [split(cutA), split(cutB)];

        return (
          encodeEncryptionContext(a, 'k').equals(encodeEncryptionContext(b, 'k')) === (a.tenant === b.tenant)
        );
      }),
      { numRuns: rounds(2000, 20_000) },
    );
  });

  it('should not normalise Unicode: composed and decomposed ids are two owners [C06]', () => {
    const composed = encodeEncryptionContext({ ...context, ownerId: 'Jos\u00e9' }, 'k1');
    const decomposed = encodeEncryptionContext({ ...context, ownerId: 'Jose\u0301' }, 'k1');

    expect(composed.equals(decomposed)).toBe(false);
  });

  it.each(['\ud800', '\udc00', 'a\ud83d', '\ude00b', '\udc00\ud800'])(
    'should refuse a lone surrogate, %j, in any field [TC-04, C06]',
    (broken) => {
      const refused: unknown = expect.objectContaining({ code: 'internal_error' });
      for (const field of ['purpose', 'instance', 'tenant', 'ownerId', 'rowId', 'powensUserId']) {
        expect(() => encodeEncryptionContext({ ...context, [field]: broken }, 'k1')).toThrow(refused);
      }
      for (const field of ['apiOrigin', 'clientId']) {
        const provider = { ...context.provider, [field]: broken };
        expect(() => encodeEncryptionContext({ ...context, provider }, 'k1')).toThrow(refused);
      }
      expect(() => encodeEncryptionContext(context, broken)).toThrow(refused);
    },
  );

  it.each(['attempt-code', 'attempt-token'] as const)(
    'should take an %s before its Powens user is known, and an access token never [RL-04]',
    (purpose) => {
      expect(() => encodeEncryptionContext({ ...context, purpose, powensUserId: '' }, 'k1')).not.toThrow();
      expect(() => encodeEncryptionContext({ ...context, powensUserId: '' }, 'k1')).toThrow(
        expect.objectContaining({ code: 'internal_error' }),
      );
    },
  );

  it.each(['purpose', 'instance', 'ownerId', 'rowId', 'powensUserId'])(
    'should refuse an empty %s [TC-04]',
    (field) => {
      expect(() => encodeEncryptionContext({ ...context, [field]: '' }, 'k1')).toThrow(
        expect.objectContaining({ code: 'internal_error' }),
      );
    },
  );

  it.each([undefined, null, 42, ['42']])('should refuse %j where text is due [TC-04]', (value) => {
    expect(() => encodeEncryptionContext({ ...context, rowId: value as unknown as string }, 'k1')).toThrow(
      expect.objectContaining({ code: 'internal_error' }),
    );
  });
});
