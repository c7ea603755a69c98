import { describe, expect, it, vi } from 'vitest';
import type { Transaction } from '../database/unit-of-work.js';
import { AccessToken } from '../values/secrets/access-token.js';
import {
  custodyOf,
  ELSEWHERE,
  k1,
  k2,
  OWNER,
  PROVIDER,
  purposesOf,
  refused,
  ROW,
  sealed,
  stateElsewhere,
  stateOf,
  TX,
} from './__support__/custody-of.js';
import { keyIdOf } from './crypto/envelope-format.js';
import { TokenCustodyService } from './token-custody.service.js';
import { NO_TENANT } from './tenants/tenant.js';

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

  describe('a token that was just obtained', () => {
    const custody = custodyOf(`${k2},${k1}`);

    it('should be sealed for a new row of its owner and Powens user, and open there alone', async () => {
      const user = custody.seal(OWNER, '412', AccessToken.of('one'), NO_TENANT);
      expect(user).toMatchObject({ powensUserId: '412', provider: PROVIDER });
      expect(user.userId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
      expect((await custody.open(OWNER, user)).use((clear) => clear)).toBe('one');
      for (const [owner, other] of [
        [{ id: 'ben', tenant: '' }, user],
        [{ id: 'anna', tenant: 'acme' }, user],
        [OWNER, { ...user, powensUserId: '413' }],
        [OWNER, { ...user, userId: ROW.userId }],
      ] as const) {
        await expect(custody.open(owner, other)).rejects.toEqual(refused('token_tampered'));
      }
    });

    it('should be stored with the authenticator and the key of its row, renewable unless it is said', () => {
      const insert = vi.fn();
      const storing = custodyOf(`${k2},${k1}`, { insert });
      const user = { ...ROW, sealedToken: sealed(k2, 'one') };
      storing.store(OWNER, user, TX);
      storing.store(OWNER, user, TX, false);
      const [row] = insert.mock.calls[0] as [{ authenticator: string }];
      expect(row).toMatchObject({ ...user, instance: 'default', keyId: 'k2', renewable: true });
      expect(purposesOf(row.authenticator, k2)).toEqual(['keep']);
      expect(insert.mock.calls).toMatchObject([
        [{ renewable: true }, TX],
        [{ renewable: false }, TX],
      ]);
    });

    it('should be sealed by the primary key, and its row be authenticated for keeping', () => {
      const resealed = custody.reseal(
        { owner: OWNER, userId: ROW.userId, powensUserId: '412' },
        AccessToken.of('one'),
        NO_TENANT,
      );
      expect(resealed.keyId).toBe('k2');
      expect(keyIdOf(resealed.sealedToken)).toBe('k2');
      expect(purposesOf(resealed.authenticator, k2)).toEqual(['keep']);
    });

    it('should not be sealed for a row of another provider', () => {
      const row = { ...ROW, provider: ELSEWHERE };
      expect(() => custody.reseal(row, AccessToken.of('one'), NO_TENANT)).toThrow(
        refused('provider_mismatch'),
      );
    });

    it('should replace the one that was read, of an authentic row alone', async () => {
      const replace = vi.fn();
      const replacing = custodyOf(`${k2},${k1}`, { replace });
      const user = stateOf(k1);
      const two = replacing.reseal(ROW, AccessToken.of('two'), NO_TENANT);
      replacing.replace(user, two, TX);
      const [userId, old, fresh, tx] = replace.mock.calls[0] as [
        string,
        string,
        { sealedToken: string },
        Transaction,
      ];
      expect([userId, old, tx]).toEqual([ROW.userId, user.sealedToken, TX]);
      expect((await replacing.open(OWNER, { ...ROW, ...fresh })).use((clear) => clear)).toBe('two');

      const edited = { ...user, powensUserId: '413' };
      expect(() => replacing.replace(edited, two, TX)).toThrow(refused('token_tampered'));
      expect(replace).toHaveBeenCalledTimes(1);
    });
  });

  describe('a stored row', () => {
    const custody = custodyOf(k1);

    it('should be looked up by its owner', async () => {
      const find = vi.fn(async () => Promise.resolve(null));
      await expect(custodyOf(k1, { find }).find(OWNER)).resolves.toBeNull();
      expect(find).toHaveBeenCalledWith(OWNER);
    });

    it('should not be opened nor verified under the options of another provider', async () => {
      const row = stateElsewhere(k1);
      await expect(
        custody.open(OWNER, { ...ROW, sealedToken: '', provider: ELSEWHERE }),
      ).rejects.toMatchObject({ code: 'provider_mismatch' });
      expect(() => custody.verify(row)).toThrow(refused('provider_mismatch'));
    });

    it('should give the id of its Powens user if it is authentic', () => {
      expect(custody.verify(stateOf(k1))).toBe('412');
      for (const edited of [
        stateOf(k1, { status: 'erasing' }),
        stateOf(k1, { powensUserId: null }),
        stateOf(k1, { owner: { id: 'ben', tenant: '' } }),
        stateOf(k1, { authenticator: null }),
      ]) {
        expect(() => custody.verify(edited)).toThrow(refused('token_tampered'));
      }
    });

    it('should be allowed to be erased if it is authentic, and for nothing else then', () => {
      const authenticator = custody.authorizeErasure(stateOf(k1));
      expect(purposesOf(authenticator, k1)).toEqual(['erase']);
      expect(custody.verify(stateOf(k1, { status: 'erasing', authenticator }))).toBe('412');
      expect(() => custody.authorizeErasure(stateOf(k1, { powensUserId: '413' }))).toThrow(
        refused('token_tampered'),
      );
    });
  });
});
