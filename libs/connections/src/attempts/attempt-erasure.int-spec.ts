import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ago } from '../database/__support__/store.js';
import { ANN, AttemptsUnderTest, heldBy, type StoredAttempt } from './__support__/attempts-under-test.js';

const ELSEWHERE = [{ owner_id: 'bob' }, { tenant: 'north' }, { instance: 'second' }];

describe('attempts that are removed', () => {
  let attempts: AttemptsUnderTest;

  beforeAll(async () => {
    attempts = await AttemptsUnderTest.open();
  });

  beforeEach(async () => {
    await attempts.store.empty();
  });

  afterAll(async () => {
    await attempts.store.close();
  });

  describe('the erasure of an owner', () => {
    const HOLDING = { ...heldBy(randomUUID()) };
    const ways = {
      'by itself': async (abandon: boolean): Promise<void> =>
        attempts.repository.eraseOwner(ANN, { abandon }),
      'in a transaction': async (abandon: boolean): Promise<void> =>
        attempts.store.write((tx) => {
          attempts.repository.eraseOwnerIn(ANN, { tx, abandon });
        }),
    };

    const put = async (values: object): Promise<StoredAttempt[]> => {
      const waiting = { sealed_code: null, sealed_token: 't', lease_token: null };
      return [
        await attempts.put(values),
        await attempts.put({ status: 'connected', ...values }),
        await attempts.put({ ...HOLDING, ...values }),
        await attempts.put({ ...HOLDING, ...waiting, ...values }),
      ];
    };
    const stored = async (rows: readonly StoredAttempt[]): Promise<(StoredAttempt | undefined)[]> =>
      Promise.all(rows.map(async (row) => attempts.find(row)));

    it.each(Object.entries(ways))(
      'should remove what holds nothing, and mark the rest, %s',
      async (_, erase) => {
        const own = await put({});
        const others = (await Promise.all(ELSEWHERE.map(put))).flat();
        await erase(false);
        expect(await stored(own)).toEqual([undefined, undefined, ...own.slice(2)]);
        await erase(true);
        const [, , running, waiting] = await stored(own);
        expect(running).toEqual({ ...own[2], error_code: 'abandoned' });
        expect(waiting).toMatchObject({ error_code: 'abandoned', sealed_token: 't' });
        expect(waiting?.lease_expires_at?.getTime()).toBeLessThan(own[3]?.lease_expires_at?.getTime() ?? 0);
        expect(await stored(others)).toEqual(others);
      },
    );
  });

  it('should remove attempts that ended long ago, the oldest first, and not one that is being completed', async () => {
    const old = [
      await attempts.put({ expires_at: ago('40 days') }),
      await attempts.put({ expires_at: ago('50 days') }),
    ];
    const kept = [
      await attempts.put({ expires_at: ago('20 days') }),
      await attempts.put({ ...heldBy(randomUUID()), expires_at: ago('40 days') }),
      await attempts.put({ expires_at: ago('40 days'), instance: 'second' }),
    ];
    expect(await attempts.repository.purge(30, 1)).toBe(1);
    expect(await attempts.find(old[0] as StoredAttempt)).toBeDefined();
    expect(await attempts.repository.purge(30, 10)).toBe(1);
    for (const row of kept) {
      expect(await attempts.find(row)).toEqual(row);
    }
  });
});
