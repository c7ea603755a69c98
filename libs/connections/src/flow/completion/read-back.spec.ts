import { beforeEach, describe, expect, it } from 'vitest';
import type { PowensClient } from '../../powens/powens.client.js';
import type { PowensConnection } from '../../powens/powens.parsers.js';
import type { OwnedPowensUser } from '../../values/owned-powens-user.js';
import { AccessToken } from '../../values/secrets/access-token.js';
import type { TokenAccess } from '../exchange/token-access.types.js';
import { refusal } from '../tokens/__support__/powens-user.js';
import { assertUser, readBack, type Found } from './read-back.js';
import { NO_TENANT } from '../../custody/tenants/tenant.js';

const TOKEN = AccessToken.of('made-up-token');
const send: TokenAccess['send'] = async (call) => call(TOKEN);
const EXCHANGED: TokenAccess = { kind: 'exchanged', token: TOKEN, tenant: NO_TENANT, isStored: true, send };
const KEPT: TokenAccess = { kind: 'kept', user: { powensUserId: '412' } as OwnedPowensUser, send };
const NOT_FOUND = refusal(404, 'connection_not_found');

const connection = (id: string, userId: string | null = '412'): PowensConnection =>
  ({ id, userId }) as PowensConnection;

describe(readBack.name, () => {
  let asked: string[];
  /** Answers by the id of the connection, in their order; the last one stays. */
  let answers: Record<string, (PowensConnection | Error)[]>;
  let list: PowensConnection[];

  beforeEach(() => {
    [asked, answers, list] = [[], {}, []];
  });

  const powens = {
    getConnection: async (_: AccessToken, id: string) => {
      asked.push(id);
      const [next, ...rest] = answers[id] ?? [];
      if (rest.length > 0) answers[id] = rest;
      return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
    },
    listConnections: async () => {
      asked.push('list');
      return Promise.resolve(list);
    },
    getUser: async () => {
      asked.push('user');
      return Promise.resolve({ id: '412' });
    },
  } as unknown as PowensClient;
  const read = async (access: TokenAccess, ...ids: string[]): Promise<Found> => readBack(powens, access, ids);

  it('should read each connection that the callback named, and their user from them', async () => {
    answers = { 17: [connection('17', null)], 18: [connection('18')] };
    const found = await read(EXCHANGED, '17', '18');
    expect(found.powensUserId).toBe('412');
    expect(found.connections.map(({ id }) => id)).toEqual(['17', '18']);
    expect(asked).toEqual(['17', '18']);
  });

  it('should ask for the user where no connection names it', async () => {
    answers = { 17: [connection('17', null)] };
    expect((await read(EXCHANGED, '17')).powensUserId).toBe('412');
    expect(asked).toEqual(['17', 'user']);
  });

  it('should list the connections of a user that the attempt made, and not believe the list about its user', async () => {
    list = [connection('17'), connection('18')];
    expect((await read(EXCHANGED)).connections).toHaveLength(2);
    expect(asked).toEqual(['list', 'user']);
    list = [connection('17', '999')];
    await expect(read(EXCHANGED)).rejects.toMatchObject({ code: 'powens_response_invalid' });
  });

  it('should end without a connection where none is named of a user who is known, or none exists', async () => {
    list = [connection('17')];
    await expect(read(KEPT)).rejects.toMatchObject({ code: 'callback_incomplete' });
    expect(asked).toEqual([]);
    list = [];
    await expect(read(EXCHANGED)).rejects.toMatchObject({ code: 'callback_incomplete' });
  });

  it('should refuse a connection of another user [OA-14]', async () => {
    answers = { 17: [connection('17', '999')] };
    await expect(read(KEPT, '17')).rejects.toMatchObject({ code: 'powens_response_invalid' });
    answers = { 17: [connection('17')], 18: [connection('18', '999')] };
    await expect(read(EXCHANGED, '17', '18')).rejects.toMatchObject({ code: 'powens_response_invalid' });
  });

  it('should wait for a connection that is not there yet', async () => {
    answers = { 17: [NOT_FOUND, NOT_FOUND, connection('17')] };
    expect((await read(KEPT, '17')).connections).toHaveLength(1);
    expect(asked).toEqual(['17', '17', '17']);
  });

  it('should not ask again after another answer', async () => {
    const failed = refusal(503, 'powens_failed', 'unknown');
    for (const error of [failed, new Error('of the network')]) {
      answers = { 17: [error] };
      await expect(read(KEPT, '17')).rejects.toBe(error);
    }
    expect(asked).toEqual(['17', '17']);
  });

  it('should believe the list in the end, and the refusal where the list has it not either', async () => {
    const others = [connection('16'), connection('18')];
    const cases = [
      [[...others, connection('17')], null],
      [others, NOT_FOUND],
    ] as const;
    await Promise.all(
      cases.map(async ([listed, error]) => {
        const asking: string[] = [];
        const late = {
          getConnection: async () => {
            asking.push('17');
            return Promise.reject(NOT_FOUND);
          },
          listConnections: async () => Promise.resolve(listed),
        } as unknown as PowensClient;
        const reading = readBack(late, KEPT, ['17']);
        if (error === null) {
          expect((await reading).connections.map(({ id }) => id)).toEqual(['17']);
        } else {
          await expect(reading).rejects.toBe(error);
        }
        expect(asking).toHaveLength(5);
      }),
    );
  });
});

describe(assertUser.name, () => {
  it('should refuse a token of another user', async () => {
    const powens = { getUser: async () => Promise.resolve({ id: '412' }) } as unknown as PowensClient;
    await expect(assertUser(powens, EXCHANGED, '412')).resolves.toBeUndefined();
    await expect(assertUser(powens, EXCHANGED, '413')).rejects.toMatchObject({
      code: 'powens_response_invalid',
    });
  });
});
