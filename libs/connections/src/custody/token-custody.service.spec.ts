import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ResolvedOptions } from '../options/resolve/resolved-options.js';
import { AccessToken } from '../values/secrets/access-token.js';
import { KeyRing } from './crypto/key-ring.js';
import type { PowensUserRepository } from './powens-user.repository.js';
import { TokenCustodyService } from './token-custody.service.js';

const OWNER = { id: 'anna', tenant: '' };
const PROVIDER = { apiOrigin: 'https://acme.biapi.pro', clientId: '20000001' };
const ROW = {
  owner: OWNER,
  userId: '0195a7c2-7f3e-7b61-9d11-3f6a4e1b2c3d',
  powensUserId: '412',
  provider: PROVIDER,
};
const [k1, k2] = ['k1', 'k2'].map((id) => `${id}:${randomBytes(32).toString('base64')}`) as [string, string];

function custodyOf(keys: string, users: Partial<PowensUserRepository> = {}): TokenCustodyService {
  const options = { instance: 'default', powens: { provider: PROVIDER } } as ResolvedOptions;
  return new TokenCustodyService(options, KeyRing.parse(keys), users as PowensUserRepository);
}

function sealed(keys: string, token: string): string {
  return custodyOf(keys).reseal(ROW, AccessToken.of(token)).sealedToken;
}

describe(TokenCustodyService.name, () => {
  describe('isSameToken', () => {
    const custody = custodyOf(`${k2},${k1}`);

    it('should know a token that another key seals by now', () => {
      expect(custody.isSameToken(ROW, [sealed(k2, 'one'), sealed(k1, 'one')])).toBe(true);
    });

    it('should know a token that was renewed', () => {
      expect(custody.isSameToken(ROW, [sealed(k2, 'two'), sealed(k1, 'one')])).toBe(false);
    });

    it('should know an envelope without opening it', () => {
      const envelope = sealed(k1, 'one');
      expect(custodyOf(k2).isSameToken(ROW, [envelope, envelope])).toBe(true);
    });

    it('should find none the same as no token at all', () => {
      expect(custody.isSameToken(ROW, [sealed(k2, 'one'), null])).toBe(false);
    });

    it('should take what cannot be opened for another one', () => {
      expect(custodyOf(k2).isSameToken(ROW, [sealed(k2, 'one'), sealed(k1, 'one')])).toBe(false);
    });
  });

  describe('assertKeysComplete', () => {
    const users = { findKeyIds: async () => ['k1'], countByKey: async () => new Map([['k1', 7]]) };

    it('should let a ring pass that has the key of every row', async () => {
      await expect(custodyOf(`${k2},${k1}`, users).assertKeysComplete()).resolves.toBeUndefined();
    });

    it('should name the key that rows still use, and how many', async () => {
      await expect(custodyOf(k2, users).assertKeysComplete()).rejects.toMatchObject({
        code: 'configuration_invalid',
        option: 'keys',
        message: expect.stringMatching(/"k1".* 7 token/) as string,
      });
    });
  });
});
