import { Logger } from '@nestjs/common';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { NO_TENANTS } from '../../custody/__support__/custody-of.js';
import type { TokenCustodyService } from '../../custody/token-custody.service.js';
import { CustodyError } from '../../errors/index.js';
import type { PowensClient } from '../../powens/powens.client.js';
import { AccessToken } from '../../values/secrets/access-token.js';
import { refusal, USER } from './__support__/powens-user.js';
import { TokenRenewal } from './token-renewal.service.js';

interface Known {
  readonly powensConnectionId: string;
  readonly status: string;
}

const DAY_MS = 86_400_000;

/** The time in the id of a row. */
const ROW_TIME = new Date(0x018e_3c4a_9b2f);
const ROW = { ...USER, userId: '018e3c4a-9b2f-7000-8000-000000000001' };
const after = (ms: number): Date => new Date(ROW_TIME.getTime() + ms);

const ACTIVE: Known = { powensConnectionId: '17', status: 'active' };
const GONE: Known = { powensConnectionId: '18', status: 'gone' };
const DELETING: Known = { powensConnectionId: '19', status: 'deleting' };

describe(TokenRenewal.name, () => {
  /** Requests to Powens, in their order. Tokens are numbered as they are issued. */
  let sent: string[];
  let known: readonly Known[];
  let listed: readonly string[];
  /** Ids that Powens answers for the tokens. */
  let users: readonly string[];
  let signin: Date | null;
  let failure: { on: string; error: Error } | null;
  let verify: () => string;
  const errors = (): string[] => vi.mocked(Logger.prototype.error).mock.calls.map(([text]) => String(text));

  beforeEach(() => {
    [sent, known, listed, users, failure] = [[], [ACTIVE], ['17'], ['412', '412'], null];
    verify = () => '412';
    signin = null;
    vi.spyOn(Logger.prototype, 'error').mockReturnValue(undefined);
  });

  const request = async <T>(name: string, answer: T): Promise<T> => {
    sent.push(name);
    return failure?.on === name ? Promise.reject(failure.error) : Promise.resolve(answer);
  };
  const nameOf = (token: AccessToken): string => token.use((clear) => clear);

  function renewal(): TokenRenewal {
    let issued = 0;
    const powens = {
      renewToken: async (id: string, { revokePrevious }: { revokePrevious: boolean }) => {
        issued += 1;
        const what = new Map([
          [true, 'replace all'],
          [false, 'one more'],
        ]).get(revokePrevious);
        return request(`${String(what)} of ${id}`, AccessToken.of(`t${issued}`));
      },
      getUser: async (token: AccessToken) =>
        request(`user of ${nameOf(token)}`, { id: users[Number(nameOf(token).slice(1)) - 1], signin }),
      listConnections: async (token: AccessToken) =>
        request(
          `banks of ${nameOf(token)}`,
          listed.map((id) => ({ id })),
        ),
      revokeToken: async (token: AccessToken) => request(`revoke ${nameOf(token)}`, undefined),
    } as unknown as PowensClient;
    const custody = { verify: () => verify() } as unknown as TokenCustodyService;
    const changes = { findEveryOf: async () => Promise.resolve(known) };
    return new TokenRenewal(
      custody,
      changes as unknown as ConstructorParameters<typeof TokenRenewal>[1],
      powens,
      NO_TENANTS,
      { instance: 'default' },
    );
  }

  const CHECKED = ['one more of 412', 'user of t1', 'banks of t1'];
  const UNCHECKED = ['one more of 412', 'user of t1'];

  describe('renew', () => {
    const renew = async (): Promise<string> => nameOf(await renewal().renew(USER));

    it('should verify with a token that revokes none, and replace all tokens by the next one [RL-09]', async () => {
      expect(await renew()).toBe('t2');
      expect(sent).toEqual([...CHECKED, 'replace all of 412', 'user of t2', 'revoke t1']);
      expect(errors()).toEqual([]);
    });

    it('should ask for no token when the row is not authentic [TC-27]', async () => {
      verify = () => {
        throw new CustodyError('token_tampered', 'edited');
      };
      await expect(renew()).rejects.toMatchObject({ code: 'token_tampered' });
      expect(sent).toEqual([]);
    });

    it('should revoke the token of another user, and no other one', async () => {
      users = ['999'];
      await expect(renew()).rejects.toMatchObject({ code: 'provider_mismatch' });
      expect(sent).toEqual([...UNCHECKED, 'revoke t1']);
      expect(errors()).toEqual([
        expect.stringMatching(/^SECURITY: the token of Powens user 412 was not renewed/),
      ]);
    });

    it('should not return a second token of another user', async () => {
      users = ['412', '999'];
      await expect(renew()).rejects.toMatchObject({ code: 'provider_mismatch' });
      expect(sent).toEqual([...CHECKED, 'replace all of 412', 'user of t2', 'revoke t1']);
    });

    it.each<[string, Known[], string[], boolean]>([
      ['none is known here, and none is listed', [], [], true],
      ['none is known here, and others are listed', [], ['99'], false],
      ['one of two is listed', [ACTIVE, GONE], ['18'], true],
      ['all are over here, and none is listed', [GONE, DELETING], [], true],
      ['all are over here, and others are listed', [GONE, DELETING], ['99'], false],
      ['one is in use here, and none is listed', [GONE, ACTIVE], [], false],
      ['others are listed', [ACTIVE], ['99'], false],
    ])('should renew, or not, where %s [RL-10]', async (_, here, there, isRenewed) => {
      [known, listed] = [here, there];
      if (isRenewed) {
        expect(await renew()).toBe('t2');
      } else {
        await expect(renew()).rejects.toMatchObject({ code: 'provider_mismatch' });
        expect(sent).toEqual([...CHECKED, 'revoke t1']);
      }
    });

    it.each<[string, Date | null, boolean]>([
      ['at the time of its row', ROW_TIME, true],
      ['nearly a day before its row', after(-DAY_MS + 1), true],
      ['nearly a day after its row', after(DAY_MS - 1), true],
      ['a day before its row', after(-DAY_MS), false],
      ['a day after its row', after(DAY_MS), false],
      ['at an unknown time', null, false],
    ])('should renew, or not, for a user who was created %s, where none is known here', async (...when) => {
      [known, listed, signin] = [[], ['99'], when[1]];
      const renewed = renewal().renew(ROW);
      if (when[2]) {
        expect(nameOf(await renewed)).toBe('t2');
      } else {
        await expect(renewed).rejects.toMatchObject({ code: 'provider_mismatch' });
        expect(sent).toEqual([...CHECKED, 'revoke t1']);
      }
    });

    it('should not renew for the time of a user whose known connections are not listed', async () => {
      [listed, signin] = [['99'], ROW_TIME];
      await expect(renewal().renew(ROW)).rejects.toMatchObject({ code: 'provider_mismatch' });
    });

    it('should revoke its first token when Powens fails, and say the failure of Powens', async () => {
      failure = { on: 'replace all of 412', error: refusal(503, 'powens_failed', 'unknown') };
      await expect(renew()).rejects.toMatchObject({ code: 'powens_failed' });
      expect(sent).toEqual([...CHECKED, 'replace all of 412', 'revoke t1']);
      expect(errors()).toEqual([]);
    });

    it('should say that a token is left which could not be revoked either', async () => {
      users = ['999'];
      failure = { on: 'revoke t1', error: refusal(503, 'powens_failed', 'unknown') };
      await expect(renew()).rejects.toMatchObject({ code: 'provider_mismatch' });
      expect(errors()).toEqual([
        expect.stringMatching(/^SECURITY/),
        expect.stringMatching(/could not be revoked: the next renewal revokes it$/),
      ]);
    });
  });

  describe('withTemporaryToken', () => {
    it('should lend a token for one operation, and revoke it', async () => {
      const result = await renewal().withTemporaryToken(USER, async (token) =>
        request(`use ${nameOf(token)}`, 7),
      );
      expect(result).toBe(7);
      expect(sent).toEqual([...CHECKED, 'use t1', 'revoke t1']);
    });

    it('should lend one where Powens lists no connection at all, and none where it lists others', async () => {
      listed = [];
      expect(await renewal().withTemporaryToken(USER, async () => Promise.resolve(7))).toBe(7);
      [sent, listed] = [[], ['99']];
      const use = vi.fn();
      await expect(renewal().withTemporaryToken(USER, use)).rejects.toMatchObject({
        code: 'provider_mismatch',
      });
      expect(use).not.toHaveBeenCalled();
      expect(sent).toEqual([...CHECKED, 'revoke t1']);
    });

    it('should revoke it when the operation fails', async () => {
      const failed = new Error('of the operation');
      await expect(renewal().withTemporaryToken(USER, async () => Promise.reject(failed))).rejects.toBe(
        failed,
      );
      expect(sent).toEqual([...CHECKED, 'revoke t1']);
    });

    it('should not open a row that is not authentic', async () => {
      verify = () => {
        throw new CustodyError('token_tampered', 'edited');
      };
      await expect(renewal().withTemporaryToken(USER, async () => Promise.resolve(7))).rejects.toMatchObject({
        code: 'token_tampered',
      });
      expect(sent).toEqual([]);
    });
  });

  it('should revoke one token', async () => {
    await renewal().revoke(AccessToken.of('t9'));
    expect(sent).toEqual(['revoke t9']);
  });
});
