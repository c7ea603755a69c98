import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { CustodyError } from '../errors/index.js';
import { authenticateRow } from './authenticator.js';
import { accessTokenContext, type BoundRow } from './crypto/encryption-context.js';
import { keyIdOf } from './crypto/envelope-format.js';
import { openEnvelope, sealEnvelope } from './crypto/envelope.js';
import { KeyRing } from './crypto/key-ring.js';
import { openRow, problemOf, purposeOf, reasonOf, resealRow, type SealedRow } from './sealed-row.js';

const INSTANCE = 'default';
const TOKEN = 'canary-token-of-a-row';
const BOUND: BoundRow = {
  userId: '0195a7c2-7f3e-7b61-9d11-3f6a4e1b2c3d',
  owner: { id: 'anna', tenant: 'acme' },
  powensUserId: '412',
  provider: { apiOrigin: 'https://acme.biapi.pro', clientId: '20000001' },
};
const ELSEWHERE = { apiOrigin: 'https://other.biapi.pro', clientId: '30000001' };
const [k1, k2] = ['k1', 'k2'].map((id) => `${id}:${randomBytes(32).toString('base64')}`) as [string, string];
const old = KeyRing.parse(k1);
const rotated = KeyRing.parse(`${k2},${k1}`);

/** A row as the library writes it. */
function rowOf(change: Partial<SealedRow> = {}, ring = old): SealedRow {
  const status = change.status ?? 'active';
  const row = { ...BOUND, ...change, status };
  return {
    ...row,
    keyId: ring.primaryId,
    sealedToken: sealEnvelope(TOKEN, accessTokenContext(INSTANCE, row), ring),
    authenticator: authenticateRow({ row, purpose: purposeOf(status), instance: INSTANCE }, ring),
    ...change,
  };
}

function refused(code: string): unknown {
  return expect.objectContaining({ code });
}

describe(purposeOf.name, () => {
  it.each(['provisioning', 'active', 'revoking', 'revoked', 'lost', 'forgetting', 'erased'])(
    'should keep the Powens user of a row that is %s',
    (status) => {
      expect(purposeOf(status)).toBe('keep');
    },
  );

  it('should allow the deletion for a row that is being erased alone', () => {
    expect(purposeOf('erasing')).toBe('erase');
  });
});

describe(openRow.name, () => {
  it.each(['active', 'erasing'])('should open the token of a row that is %s', (status) => {
    expect(openRow(rowOf({ status }), INSTANCE, old)?.use((clear) => clear)).toBe(TOKEN);
  });

  it('should find no token where none is stored', () => {
    expect(openRow(rowOf({ sealedToken: null }), INSTANCE, old)).toBeNull();
  });

  it('should not open a row whose status was edited, nor one without an authenticator [TC-27]', () => {
    for (const edited of [{ ...rowOf(), status: 'erasing' }, rowOf({ authenticator: null })]) {
      expect(() => openRow(edited, INSTANCE, old)).toThrow(refused('token_tampered'));
    }
  });
});

describe(resealRow.name, () => {
  it.each(['active', 'erasing'])('should seal and authenticate a row that is %s anew [TC-09]', (status) => {
    const row = rowOf({ status });
    const { sealedToken, authenticator } = resealRow(row, INSTANCE, rotated);

    expect(keyIdOf(sealedToken ?? '')).toBe('k2');
    const again = { ...row, sealedToken, authenticator, keyId: 'k2' };
    expect(problemOf(again, INSTANCE, KeyRing.parse(k2))).toBeNull();
    expect(openRow(again, INSTANCE, KeyRing.parse(k2))?.use((clear) => clear)).toBe(TOKEN);
  });

  it('should authenticate a row without a token', () => {
    const row = rowOf({ sealedToken: null });
    const resealed = resealRow(row, INSTANCE, rotated);

    expect(resealed.sealedToken).toBeNull();
    expect(problemOf({ ...row, ...resealed, keyId: 'k2' }, INSTANCE, rotated)).toBeNull();
  });

  it('should bind a row to another provider, and to no other then', () => {
    const row = rowOf();
    const moved = { ...row, ...resealRow(row, INSTANCE, old, ELSEWHERE) };

    expect(problemOf(moved, INSTANCE, old)).toBe('token_tampered');
    expect(problemOf({ ...moved, provider: ELSEWHERE }, INSTANCE, old)).toBeNull();
    expect(
      openEnvelope(
        moved.sealedToken ?? '',
        accessTokenContext(INSTANCE, { ...row, provider: ELSEWHERE }),
        old,
      ),
    ).toBe(TOKEN);
  });

  it('should not make an edited row authentic [TC-27]', () => {
    for (const edited of [
      { ...rowOf(), powensUserId: '413' },
      { ...rowOf({ sealedToken: null }), powensUserId: '413' },
    ]) {
      expect(() => resealRow(edited, INSTANCE, rotated)).toThrow(refused('token_tampered'));
    }
  });
});

describe(problemOf.name, () => {
  it.each(['active', 'erasing'])('should find none in a row that is %s', (status) => {
    expect(problemOf(rowOf({ status }), INSTANCE, old)).toBeNull();
    expect(problemOf(rowOf({ status, sealedToken: null }), INSTANCE, old)).toBeNull();
  });

  it('should tell a key that is missing from a row that was edited', () => {
    const row = rowOf();
    expect(problemOf(row, INSTANCE, KeyRing.parse(k2))).toBe('key_unavailable');
    expect(problemOf({ ...row, owner: { id: 'ben', tenant: 'acme' } }, INSTANCE, old)).toBe('token_tampered');
    expect(problemOf(row, 'other', old)).toBe('token_tampered');
  });

  it('should find an envelope of another row beside an authenticator of its own', () => {
    const other = rowOf({ userId: '0195a7c2-7f3e-7b61-9d11-000000000000' });
    expect(problemOf({ ...rowOf(), sealedToken: other.sealedToken }, INSTANCE, old)).toBe('token_tampered');
  });

  it('should find a column that names another key than envelope and authenticator do [TC-09]', () => {
    const other = rowOf({}, rotated);
    expect(problemOf({ ...rowOf(), keyId: 'k2' }, INSTANCE, rotated)).toBe('token_tampered');
    for (const mixed of [
      { ...rowOf(), sealedToken: other.sealedToken },
      { ...rowOf(), authenticator: other.authenticator },
    ]) {
      expect(problemOf(mixed, INSTANCE, rotated)).toBe('token_tampered');
    }
  });
});

describe(reasonOf.name, () => {
  it('should name the reason of custody, and pass on what is another error', () => {
    expect(reasonOf(new CustodyError('key_unavailable', ''))).toBe('key_unavailable');
    expect(reasonOf(new CustodyError('token_tampered', ''))).toBe('token_tampered');
    const other = new Error('of the database');
    expect(() => reasonOf(other)).toThrow(other);
  });
});
