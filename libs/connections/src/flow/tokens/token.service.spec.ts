import { Logger } from '@nestjs/common';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { PowensUserState } from '../../custody/powens-user-lease.repository.js';
import { CustodyError, ProviderMismatchError } from '../../errors/index.js';
import { refusal, USER } from './__support__/powens-user.js';
import { KEPT, TokensUnderTest } from './__support__/tokens-under-test.js';
import { TokenService } from './token.service.js';

const OWNER = USER.owner;

describe(TokenService.name, () => {
  let tokens: TokensUnderTest;

  beforeEach(() => {
    tokens = new TokensUnderTest();
    vi.spyOn(Logger.prototype, 'log').mockReturnValue(undefined);
  });

  const LOCK = 'lock row if active, revoked, lost';
  const RENEWED = [LOCK, 'renew', 'replace sealed by sealed new'];

  describe('withToken', () => {
    it('should lend the token of an owner, and record why', async () => {
      const clear = await tokens.service().withToken(OWNER, (token) => token.use((text) => text), 'report');
      expect(clear).toBe('token in sealed');
      await tokens.service().withToken(OWNER, () => 1);
      expect(tokens.audited).toEqual(['report by application: ok', 'withToken by application: ok']);
    });

    it('should say so where there is none', async () => {
      tokens.user = null;
      await expect(tokens.service().withToken(OWNER, () => 1)).rejects.toMatchObject({
        code: 'not_connected',
      });
    });
  });

  describe('call', () => {
    /** Powens refuses the stored token; it takes the renewed one. */
    const call = async (ownerIsPresent?: boolean, error: Error = refusal(401)): Promise<string> =>
      tokens.service().call(
        OWNER,
        KEPT,
        async (token) => {
          const clear = token.use((text) => text);
          await tokens.note(`send with ${clear}`, undefined);
          return clear === 'token in sealed' ? Promise.reject(error) : clear;
        },
        ownerIsPresent === undefined ? {} : { ownerIsPresent },
      );

    it('should renew once after a 401, and send the call again [RL-09]', async () => {
      expect(await call()).toBe('token in sealed new');
      expect(tokens.done).toEqual(['send with token in sealed', ...RENEWED, 'send with token in sealed new']);
      expect(tokens.audited).toEqual(['token.renew by background: ok']);
    });

    it.each([refusal(403), refusal(404), new Error('of the network')])(
      'should not renew after %s',
      async (error) => {
        await expect(call(true, error)).rejects.toBe(error);
        expect(tokens.done).toEqual(['send with token in sealed']);
      },
    );

    it.each<[string, Partial<PowensUserState> | null, string[], boolean, boolean]>([
      ['in use', {}, [], false, true],
      ['lost', { status: 'lost' }, [], false, true],
      ['revoked', { status: 'revoked' }, [], true, false],
      ['being erased', { status: 'erasing' }, [], true, false],
      ['gone', null, [], true, false],
      ['not to be renewed by itself', { renewable: false }, [], true, false],
      ['in use, with a loss of a connection', {}, ['connection'], false, true],
      ['suspected, with its owner away', {}, ['token'], false, false],
      ['suspected, with its owner present', {}, ['connection', 'token'], true, true],
      [
        'suspected and not to be renewed by itself, with its owner present',
        { renewable: false },
        ['token'],
        true,
        true,
      ],
    ])(
      'should renew, or pass the refusal on, for a Powens user that is %s [TC-26]',
      async (...[, change, losses, present, isRenewed]) => {
        tokens.user = change === null ? null : { ...USER, ...change };
        tokens.suspected = losses;
        if (isRenewed) {
          expect(await call(present)).toBe('token in sealed new');
        } else {
          await expect(call(present)).rejects.toMatchObject({ failure: { status: 401 } });
          expect(tokens.done).toEqual(['send with token in sealed']);
        }
      },
    );

    it('should take an owner for absent unless it is said', async () => {
      tokens.suspected = ['token'];
      await expect(call()).rejects.toMatchObject({ failure: { status: 401 } });
    });
  });

  describe('renew', () => {
    it.each(['active', 'revoked'] as const)(
      'should replace the token of a Powens user that is %s',
      async (status) => {
        tokens.user = { ...USER, status };
        expect(await tokens.service().renew(OWNER)).toEqual({ ...KEPT, sealedToken: 'sealed new' });
        expect(tokens.done).toEqual(RENEWED);
        expect(tokens.audited).toEqual(['token.renew by application: ok']);
      },
    );

    it.each(['lost', 'provisioning', 'revoking', 'erasing', null] as const)(
      'should refuse for one that is %s, and record the refusal',
      async (status) => {
        tokens.user = status === null ? null : { ...USER, status };
        await expect(tokens.service().renew(OWNER)).rejects.toMatchObject({ code: 'not_connected' });
        expect(tokens.done).toEqual([]);
        expect(tokens.audited).toEqual(['token.renew by application: not_connected']);
      },
    );

    it('should give back what another caller renewed meanwhile, and record nothing', async () => {
      tokens.locked = { ...USER, sealedToken: 'other' };
      expect(await tokens.service().renew(OWNER)).toEqual({ ...KEPT, sealedToken: 'other' });
      expect(tokens.done).toEqual([LOCK, 'release']);
      expect(tokens.audited).toEqual([]);
    });

    it('should obtain a token for a row without one', async () => {
      tokens.locked = { ...USER, sealedToken: null };
      expect(await tokens.service().renew(OWNER)).toMatchObject({ sealedToken: 'sealed new' });
      expect(tokens.done).toEqual([LOCK, 'renew', 'replace null by sealed new']);
    });

    it('should not renew for a reservation', async () => {
      tokens.locked = { ...USER, powensUserId: null };
      await expect(tokens.service().renew(OWNER)).rejects.toMatchObject({ code: 'not_connected' });
      expect(tokens.done).toEqual([LOCK]);
    });

    it('should revoke a token that no row takes any more [TC-23]', async () => {
      tokens.isReplaced = false;
      await expect(tokens.service().renew(OWNER)).rejects.toMatchObject({ code: 'busy' });
      expect(tokens.done).toEqual([...RENEWED, 'revoke new']);
      expect(tokens.audited).toEqual(['token.renew by application: busy']);
    });

    it.each<[string, Error, string[]]>([
      ['a refusal of Powens', refusal(400), ['release']],
      ['a user whom Powens does not find', refusal(404, 'powens_user_not_found'), ['release', 'compare row']],
      ['another Powens', ProviderMismatchError.atPowens('412', 'other'), ['release']],
      ['an edited row', new CustodyError('token_tampered', ''), ['release']],
      ['an answer that was lost', refusal(502, 'powens_failed', 'unknown'), []],
      ['a user whom Powens perhaps does not find', refusal(502, 'powens_user_not_found', 'unknown'), []],
      ['another error', new Error('of the network'), []],
    ])(
      'should keep its lease as a mark unless nothing was changed: after %s [RL-12]',
      async (_, error, after) => {
        tokens.renewed = error;
        await expect(tokens.service().renew(OWNER)).rejects.toBe(error);
        expect(tokens.done).toEqual([LOCK, 'renew', ...after]);
      },
    );
  });

  describe('revoke', () => {
    const BEGIN = ['begin revocation of row', 'lock row if revoking'];

    it('should end the use here, then at Powens, and then delete what is stored [TC-23]', async () => {
      await tokens.service().revoke(OWNER);
      expect(tokens.done).toEqual([...BEGIN, 'revoke token in sealed', 'end revocation']);
    });

    it('should leave to the other process what it has ended', async () => {
      tokens.locked = null;
      await tokens.service().revoke(OWNER);
      expect(tokens.done).toEqual(BEGIN);
    });

    it.each([{ sealedToken: null }, { powensUserId: null }])(
      'should end where nothing is to revoke: %j',
      async (change) => {
        tokens.locked = { ...USER, ...change };
        await tokens.service().finishRevocation('row');
        expect(tokens.done).toEqual(['lock row if revoking', 'end revocation']);
      },
    );

    it('should refuse for an owner without a token', async () => {
      tokens.user = null;
      await expect(tokens.service().revoke(OWNER)).rejects.toMatchObject({ code: 'not_connected' });
      expect(tokens.done).toEqual([]);
    });
  });
});
