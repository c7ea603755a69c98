import { createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ConnectionsError } from '../../errors/connections.error.js';
import { CustodyError } from '../../errors/custody.error.js';
import { encodeEncryptionContext, type EncryptionContext } from './encryption-context.js';
import { parseEnvelope } from './envelope-format.js';
import { openEnvelope, sealEnvelope } from './envelope.js';
import { KeyRing } from './key-ring.js';
import { rounds } from '../../../../../test/helpers/sweeps.js';

const TOKEN = 'canary-vU/6mI1dPh+0eXQ3Y1zqz0kC7FyWb0Aa';
const KEY = randomBytes(32).toString('base64');
const OTHER_KEY = randomBytes(32).toString('base64');
const ring = KeyRing.parse(`k1:${KEY}`);
const context: EncryptionContext = {
  purpose: 'access-token',
  instance: 'default',
  tenant: 'acme',
  ownerId: 'alice',
  rowId: '018f6f2e-5c3a-7b1e-9a4d-2f1c8b7a6d50',
  powensUserId: '412',
  provider: { apiOrigin: 'https://acme.biapi.pro', clientId: '20000001' },
};

/** Opens an envelope as the format is documented, with nothing but node:crypto. */
function openByTheBook(envelope: string, key: Buffer, fields: readonly string[]): string {
  const [version, algorithm, keyId, ...rest] = envelope.split('.');
  const [iv, commitment, ciphertext, tag] = rest.map((part) => Buffer.from(part, 'base64url')) as [
    Buffer,
    Buffer,
    Buffer,
    Buffer,
  ];
  const aad = Buffer.concat(
    ['cx1', ...fields, keyId ?? ''].flatMap((field) => {
      const count = Buffer.alloc(4);
      count.writeUInt32BE(Buffer.byteLength(field));
      return [count, Buffer.from(field)];
    }),
  );
  const salt = Buffer.concat([iv, createHash('sha256').update(aad).digest()]);
  const okm = Buffer.from(hkdfSync('sha256', key, salt, `${version}.${algorithm}`, 64));
  if (!okm.subarray(32).equals(commitment)) {
    throw new Error('commitment');
  }
  const decipher = createDecipheriv('aes-256-gcm', okm.subarray(0, 32), iv, { authTagLength: 16 });
  decipher.setAAD(aad).setAuthTag(tag);
  return decipher.update(ciphertext, undefined, 'utf8') + decipher.final('utf8');
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe(sealEnvelope.name, () => {
  it('should give back what was sealed, for any text and place [TC-02, TC-03]', () => {
    const id = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 });
    const anyContext = fc.record({
      purpose: fc.constant('access-token' as const),
      instance: id,
      tenant: fc.string({ unit: 'binary', maxLength: 20 }),
      ownerId: id,
      rowId: id,
      powensUserId: id,
      provider: fc.record({ apiOrigin: id, clientId: id }),
    });
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }), anyContext, (text, of) => {
        return openEnvelope(sealEnvelope(text, of, ring), of, ring) === text;
      }),
      { numRuns: rounds(200, 1_000) },
    );
  });

  it('should never give the same envelope, IV or commitment twice [TC-02, C15]', () => {
    const parts = Array.from({ length: 10_000 }, () => parseEnvelope(sealEnvelope(TOKEN, context, ring)));

    expect(new Set(parts.map((part) => part.iv.toString('hex'))).size).toBe(parts.length);
    expect(new Set(parts.map((part) => part.commitment.toString('hex'))).size).toBe(parts.length);
  });

  it('should hold nothing readable but format and key id [TC-01, C01]', () => {
    const envelope = sealEnvelope(TOKEN, context, ring);

    expect(envelope).toMatch(/^cx1\.a256gcm\.k1\.[\w-]{16}\.[\w-]{43}\.[\w-]+\.[\w-]{22}$/);
    for (const clear of [TOKEN, context.ownerId, context.rowId, context.tenant]) {
      expect(envelope).not.toContain(clear);
      expect(envelope).not.toContain(Buffer.from(clear).toString('base64url'));
    }
  });

  it('should open by the documented format alone, without our code [TC-05]', () => {
    const envelope = sealEnvelope(TOKEN, context, ring);
    const { purpose, instance, tenant, ownerId, rowId, powensUserId, provider } = context;
    const place = [purpose, instance, tenant, ownerId, rowId];
    const fields = [...place, powensUserId, provider.apiOrigin, provider.clientId];

    expect(openByTheBook(envelope, Buffer.from(KEY, 'base64'), fields)).toBe(TOKEN);
  });

  it('should seal with the primary key [TC-08]', () => {
    const rotated = KeyRing.parse(`k2:${OTHER_KEY},k1:${KEY}`);

    expect(parseEnvelope(sealEnvelope(TOKEN, context, rotated)).keyId).toBe('k2');
    expect(openEnvelope(sealEnvelope(TOKEN, context, ring), context, rotated)).toBe(TOKEN);
  });

  it.each([
    ['nothing', ''],
    ['6145 bytes', 'canary'.padEnd(6145, 'x')],
    ['4096 characters of two bytes', 'é'.repeat(4096)],
    ['a lone surrogate', 'canary\ud800'],
  ])('should refuse to seal %s, and not print it [TC-05]', (_, text) => {
    expect(() => sealEnvelope(text, context, ring)).toThrow(ConnectionsError);
    expect(() => sealEnvelope(text, context, ring)).toThrow(
      expect.objectContaining({ code: 'internal_error' }),
    );
    expect(() => sealEnvelope(text, context, ring)).not.toThrow(/canary/);
  });

  it('should seal 6144 bytes [TC-05]', () => {
    const longest = 'é'.repeat(2048);

    expect(openEnvelope(sealEnvelope(longest, context, ring), context, ring)).toBe(longest);
  });

  it('should refuse to seal for a place that cannot be written down [TC-04, C06]', () => {
    expect(() => sealEnvelope(TOKEN, { ...context, rowId: '' }, ring)).toThrow(
      expect.objectContaining({ code: 'internal_error' }),
    );
  });
});

describe(openEnvelope.name, () => {
  const file = new URL('./__vectors__/envelope-cx1.json', import.meta.url);
  const { vectors } = JSON.parse(readFileSync(file, 'utf8')) as {
    vectors: {
      name: string;
      keys: string;
      context: EncryptionContext;
      aad: string;
      plaintext: string;
      envelope: string;
    }[];
  };

  it.each(vectors)('should open what an independent implementation sealed: $name [TC-05]', (vector) => {
    const keys = KeyRing.parse(vector.keys);

    expect(encodeEncryptionContext(vector.context, keys.primaryId).toString('hex')).toBe(vector.aad);
    expect(openEnvelope(vector.envelope, vector.context, keys)).toBe(vector.plaintext);
  });

  it('should wipe the clear bytes and the derived key both ways, refusals included [TC-20]', () => {
    const fill = vi.spyOn(Buffer.prototype, 'fill');
    const wiped = (): number[] => fill.mock.contexts.map((buffer) => (buffer as Buffer).length);

    const envelope = sealEnvelope(TOKEN, context, ring);
    expect(wiped()).toEqual([TOKEN.length, 64]);
    fill.mockClear();
    openEnvelope(envelope, context, ring);
    expect(wiped()).toEqual([TOKEN.length, 64]);
    fill.mockClear();
    expect(() => openEnvelope(envelope.replace(/.{22}$/, 'A'.repeat(22)), context, ring)).toThrow(
      CustodyError,
    );
    expect(wiped()).toEqual([TOKEN.length, 64]);
  });
});
