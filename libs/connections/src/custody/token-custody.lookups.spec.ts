import { Logger } from '@nestjs/common';
import { describe, expect, it, vi } from 'vitest';
import {
  custodyOf,
  ELSEWHERE,
  k1,
  k2,
  PROVIDER,
  refused,
  ROW,
  sealed,
  stateElsewhere,
  stateOf,
} from './__support__/custody-of.js';
import type { PowensUserState } from './powens-user-lease.repository.js';
import { TokenCustodyService } from './token-custody.service.js';

describe(TokenCustodyService.name, () => {
  describe('isTokenOf', () => {
    it('should compare with the token of that Powens user', async () => {
      const row = { ...ROW, sealedToken: sealed(k1, 'one') };
      const find = async (id: string) => Promise.resolve(id === '412' ? row : null);
      const custody = custodyOf(k1, { findByPowensUser: find });
      await expect(custody.isTokenOf('412', 'one')).resolves.toBe(true);
      for (const [id, text] of [
        ['412', 'two'],
        ['412', 'one '],
        ['412', ''],
        ['413', 'one'],
      ] as const) {
        await expect(custody.isTokenOf(id, text)).resolves.toBe(false);
      }
    });
  });

  describe('assertProvider', () => {
    const among = (...rows: PowensUserState[]): TokenCustodyService =>
      custodyOf(k1, { findOfOtherProviders: async () => Promise.resolve(rows as never) });

    it('should let a database pass that has rows of this provider alone', async () => {
      const findOfOtherProviders = vi.fn(async () => Promise.resolve([]));
      await custodyOf(k1, { findOfOtherProviders }).assertProvider({ timeoutMs: 7 });
      expect(findOfOtherProviders).toHaveBeenCalledWith(PROVIDER, 20, { timeoutMs: 7 });
    });

    it('should refuse an authentic row of another provider, also beside edited ones', async () => {
      const edited = { ...stateOf(k1), provider: ELSEWHERE };
      await expect(among(edited, stateElsewhere(k1)).assertProvider()).rejects.toMatchObject({
        code: 'provider_mismatch',
        message: expect.stringContaining(ELSEWHERE.apiOrigin) as string,
      });
    });

    it('should take a row whose key is missing for an authentic one: the keys are another check', async () => {
      await expect(among(stateElsewhere(k2)).assertProvider()).rejects.toMatchObject(
        refused('provider_mismatch') as object,
      );
    });

    it('should log an edited row once, and let the process start', async () => {
      const error = vi.spyOn(Logger.prototype, 'error').mockReturnValue(undefined);
      const custody = among({ ...stateOf(k1), provider: ELSEWHERE });
      await custody.assertProvider();
      await custody.assertProvider();
      expect(error.mock.calls).toEqual([[expect.stringMatching(/^SECURITY: row 0195a7c2/)]]);
    });
  });
});
