import { describe, expect, it } from 'vitest';
import { ago, ahead, NOW, type Store } from '../../database/__support__/store.js';
import { useStore } from '../../database/__support__/use-store.js';
import type { StoredLoss as LossRow } from './__support__/stored-loss.js';
import { LossRepository } from './loss.repository.js';

const GONE = { status: 'gone', removal_reason: 'gone_at_powens' };
const LIMIT = { maxPerDay: 3, maxPercentPerDay: 1 };

describe('how much may be lost', () => {
  let store: Store;
  let losses: LossRepository;

  useStore((opened) => {
    store = opened;
    losses = new LossRepository(store.database);
  });

  const put = async (values: object = {}): Promise<LossRow> => store.put<LossRow>('loss', { ...values });
  const row = async (id: string): Promise<LossRow> => {
    const found = await store.find<LossRow>('loss', id);
    if (found === undefined) throw new Error('no such loss');
    return found;
  };

  describe('the limit of a day', () => {
    const granted = async (values: object = {}): Promise<LossRow> =>
      put({ status: 'applied', granted_at: ago('1 hour'), ended_at: NOW, ...values });
    const suspected = async (values: object = {}): Promise<LossRow> => put(values);

    it('should grant what fits and hold back what does not, with the first of those told apart', async () => {
      await granted({ weight: 2 });
      const fits = await suspected();
      const above = await suspected();
      const later = await suspected();
      expect(await losses.grant(fits.id, LIMIT)).toEqual({
        status: 'granted',
        isFirstHeld: false,
      });
      expect(await losses.grant(above.id, LIMIT)).toEqual({ status: 'held', isFirstHeld: true });
      expect(await losses.grant(later.id, LIMIT)).toEqual({ status: 'held', isFirstHeld: false });
      expect(await row(fits.id)).toMatchObject({ status: 'granted', held_at: null });
      expect((await row(fits.id)).granted_at).not.toBeNull();
      expect(await row(above.id)).toMatchObject({ status: 'held', granted_at: null });
      expect((await row(above.id)).held_at).not.toBeNull();
    });

    it('should hold back everything once one is held back, whatever would fit', async () => {
      await put({ status: 'held', weight: 100, held_at: NOW });
      const small = await suspected();
      expect(await losses.grant(small.id, LIMIT)).toEqual({ status: 'held', isFirstHeld: false });
    });

    it('should count what a loss weighs, and hold back one that is too heavy by itself', async () => {
      const heavy = await suspected({ weight: 4 });
      expect(await losses.grant(heavy.id, LIMIT)).toEqual({ status: 'held', isFirstHeld: true });
      const exact = await suspected({ weight: 3, instance: 'second' });
      const elsewhere = new LossRepository(store.ofInstance('second'));
      expect(await elsewhere.grant(exact.id, LIMIT)).toMatchObject({ status: 'granted' });
    });

    it('should grant what was held back when there is room again, and keep since when it was held otherwise', async () => {
      const held = await put({ status: 'held', held_at: ago('2 hours') });
      const blocking = await granted({ weight: 3 });
      expect(await losses.grant(held.id, LIMIT)).toEqual({ status: 'held', isFirstHeld: true });
      expect((await row(held.id)).held_at?.getTime()).toBe(held.held_at?.getTime());
      await store.query(`UPDATE powens_loss SET granted_at = now() - interval '25 hours' WHERE id = $1`, [
        blocking.id,
      ]);
      expect(await losses.grant(held.id, LIMIT)).toMatchObject({ status: 'granted' });
    });

    it('should not count a loss against itself when it is granted a second time', async () => {
      const again = await suspected({ granted_at: ago('1 hour'), weight: 3 });
      expect(await losses.grant(again.id, LIMIT)).toMatchObject({ status: 'granted' });
    });

    it.each([
      ['of another instance', { instance: 'second' }],
      ['of the day before', { granted_at: ago('25 hours') }],
      ['that a person approved', { approved_at: NOW }],
      ['that was never granted', { granted_at: null, status: 'suspected' }],
    ])('should not count losses %s', async (_, values) => {
      await granted({ weight: 3, ...values });
      const next = await suspected();
      expect(await losses.grant(next.id, LIMIT)).toMatchObject({ status: 'granted' });
    });

    it('should not be stopped by what another instance holds back', async () => {
      await put({ status: 'held', instance: 'second' });
      const next = await suspected();
      expect(await losses.grant(next.id, LIMIT)).toMatchObject({ status: 'granted' });
    });

    it.each([
      ['a part of the connections of this instance, whole ones', {}, true],
      ['a part of connections that are gone and remembered', { ...GONE, remove_at: ahead('1 day') }, true],
      ['no part of tombstones', GONE, false],
      ['no part of connections in quarantine', { status: 'unconfirmed', remove_at: ahead('1 day') }, false],
      ['no part of connections of another instance', { instance: 'second' }, false],
    ])('should be %s', async (_, values, isCounted) => {
      const { id: userId } = await store.put('user');
      for (let count = 0; count < 9; count += 1) {
        await store.put('connection', { user_id: userId, ...values });
      }
      const [fits, above] = [await suspected({ weight: 4 }), await suspected({ weight: 1 })];
      const half = { maxPerDay: 3, maxPercentPerDay: 50 };
      expect((await losses.grant(fits.id, half))?.status).toBe(isCounted ? 'granted' : 'held');
      expect((await losses.grant(above.id, half))?.status).toBe('held');
    });

    it.each(['granted', 'applied', 'recovered'])(
      'should have nothing to say of a loss that is %s',
      async (status) => {
        const over = await put({ status });
        await suspected();
        expect(await losses.grant(over.id, LIMIT)).toBeNull();
        expect((await row(over.id)).status).toBe(status);
      },
    );

    it('should give its last place to one of many that ask at the same time', async () => {
      const asking = await Promise.all(Array.from({ length: 8 }, async () => suspected({ weight: 3 })));
      const verdicts = await Promise.all(asking.map(async ({ id }) => losses.grant(id, LIMIT)));
      expect(verdicts.filter((verdict) => verdict?.status === 'granted')).toHaveLength(1);
      expect(verdicts.filter((verdict) => verdict?.isFirstHeld === true)).toHaveLength(1);
    });

    it('should leave no session in a transaction that failed', async () => {
      const { id } = await suspected();
      const broken = { maxPerDay: 'many' as unknown as number, maxPercentPerDay: 1 };
      await expect(losses.grant(id, broken)).rejects.toMatchObject({ code: 'storage_failed' });
      expect(await losses.grant(id, LIMIT)).toMatchObject({ status: 'granted' });
    });
  });

  describe('the approval of a person', () => {
    it('should grant all that is held back here, without counting it', async () => {
      const held = [await put({ status: 'held' }), await put({ status: 'held' })];
      const again = await put({ status: 'granted', approved_at: ago('1 hour') });
      const others = [
        await put(),
        await put({ status: 'granted' }),
        await put({ status: 'applied', approved_at: ago('1 hour'), ended_at: NOW }),
        await put({ status: 'recovered', approved_at: ago('1 hour'), ended_at: NOW }),
        await put({ status: 'held', instance: 'second' }),
      ];
      const approved = await losses.approve(null);
      expect(new Set(approved.map(({ id }) => id))).toEqual(new Set([...held, again].map(({ id }) => id)));
      for (const { id } of held) {
        const after = await row(id);
        expect(after.status).toBe('granted');
        expect(after.approved_at).not.toBeNull();
        expect(after.granted_at).not.toBeNull();
      }
      for (const other of others) expect(await row(other.id)).toEqual(other);
    });

    it('should grant nothing but what it names', async () => {
      const [named, other] = [await put({ status: 'held' }), await put({ status: 'held' })];
      expect((await losses.approve([named.id])).map(({ id }) => id)).toEqual([named.id]);
      expect((await row(other.id)).status).toBe('held');
      expect(await losses.approve([])).toEqual([]);
    });
  });
});
