import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ago, NOW, type Store } from '../../database/__support__/store.js';
import { useStore } from '../../database/__support__/use-store.js';
import { LossRepository } from './loss.repository.js';
import type { LossEvidence, LossSubject } from './loss.js';
import type { StoredLoss as LossRow } from './__support__/stored-loss.js';

const DAY_HOURS = 24;

describe(LossRepository.name, () => {
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
  const only = async (): Promise<LossRow> => {
    const rows = await store.query<LossRow>('SELECT * FROM powens_loss');
    expect(rows).toHaveLength(1);
    return rows[0] as LossRow;
  };

  async function connectionOf(userId: string, values: object = {}): Promise<string> {
    return (await store.put('connection', { user_id: userId, ...values })).id;
  }

  const looked = (
    subject: LossSubject,
    subjectId: string,
    userId: string,
    evidence: LossEvidence = 'connection_not_found',
  ): { subject: LossSubject; subjectId: string; userId: string; evidence: LossEvidence } => ({
    subject,
    subjectId,
    userId,
    evidence,
  });

  describe('a look that did not find something', () => {
    it.each(['active', 'unconfirmed'])(
      'should note a connection that is %s, and confirm nothing',
      async (status) => {
        const { id: userId } = await store.put('user');
        const id = await connectionOf(userId, { status });
        const noted = await losses.note(looked('connection', id, userId), DAY_HOURS);
        expect(noted).toMatchObject({
          isConfirmed: false,
          loss: {
            subject: 'connection',
            subjectId: id,
            userId,
            status: 'suspected',
            weight: 1,
            tokenDigest: null,
          },
        });
        expect(await only()).toMatchObject({
          id: noted?.loss.id,
          evidence: 'connection_not_found',
          ended_at: null,
        });
        expect(noted?.loss.firstSeenAt.getTime()).toBe(noted?.loss.lastSeenAt.getTime());
      },
    );

    it.each([
      ['deleting', 'requested'],
      ['gone', 'gone_at_powens'],
    ])('should note nothing of a connection that is %s', async (status, removal_reason) => {
      const { id: userId } = await store.put('user');
      const id = await connectionOf(userId, { status, removal_reason });
      await connectionOf(userId);
      expect(await losses.note(looked('connection', id, userId), DAY_HOURS)).toBeNull();
      expect(await store.query('SELECT 1 FROM powens_loss')).toEqual([]);
    });

    it('should be confirmed by a second look, once the time between both is over and not before', async () => {
      const { id: userId } = await store.put('user');
      const early = await connectionOf(userId);
      const late = await connectionOf(userId);
      const common = { user_id: userId, status: 'suspected' };
      await put({ ...common, subject_id: early, first_seen_at: ago('23 hours') });
      await put({
        ...common,
        subject_id: late,
        first_seen_at: ago('25 hours'),
        last_seen_at: ago('25 hours'),
      });
      const first = await losses.note(looked('connection', early, userId), DAY_HOURS);
      const second = await losses.note(looked('connection', late, userId), DAY_HOURS);
      expect([first?.isConfirmed, second?.isConfirmed]).toEqual([false, true]);
      const { firstSeenAt, lastSeenAt } = second?.loss ?? {};
      expect(lastSeenAt?.getTime()).toBeGreaterThan((firstSeenAt?.getTime() ?? 0) + 24 * 3_600_000);
    });

    it.each(['applied', 'recovered'])('should begin anew with a loss that is %s', async (status) => {
      const { id: userId } = await store.put('user');
      const id = await connectionOf(userId);
      const over = { held_at: ago('2 days'), approved_at: ago('2 days'), ended_at: ago('2 days') };
      await put({ subject_id: id, status, first_seen_at: ago('3 days'), ...over });
      const noted = await losses.note(looked('connection', id, userId), DAY_HOURS);
      expect(noted).toMatchObject({ isConfirmed: false, loss: { status: 'suspected', userId } });
      expect(await only()).toMatchObject({ held_at: null, approved_at: null, ended_at: null });
    });

    it.each(['suspected', 'held', 'granted'])('should go on with a loss that is %s', async (status) => {
      const { id: userId } = await store.put('user');
      const id = await connectionOf(userId);
      await put({
        subject_id: id,
        status,
        first_seen_at: ago('3 days'),
        held_at: ago('2 days'),
        approved_at: NOW,
      });
      const noted = await losses.note(looked('connection', id, userId), DAY_HOURS);
      expect(noted).toMatchObject({ isConfirmed: true, loss: { status } });
      const kept = await only();
      expect(kept.held_at).not.toBeNull();
      expect(kept.approved_at).not.toBeNull();
    });

    it('should weigh a user by its connections in use, and by one when there are none', async () => {
      const { id: userId } = await store.put('user');
      const { id: other } = await store.put('user');
      for (const values of [{}, {}, { status: 'unconfirmed' }]) await connectionOf(userId, values);
      await connectionOf(other, { status: 'unconfirmed' });
      const two = await losses.note(looked('user', userId, userId, 'user_not_found'), DAY_HOURS);
      const none = await losses.note(looked('user', other, other, 'user_not_found'), DAY_HOURS);
      expect(two?.loss).toMatchObject({
        subject: 'user',
        weight: 2,
        tokenDigest: null,
        evidence: 'user_not_found',
      });
      expect(none?.loss.weight).toBe(1);
    });

    it.each([
      ['user', 'active', true],
      ['user', 'revoked', true],
      ['user', 'erased', false],
      ['token', 'active', true],
      ['token', 'revoked', false],
    ] as const)('should note the %s of a row that is %s, or not', async (subject, status, isNoted) => {
      const { id } = await store.put('user', { status });
      await store.put('user', { status: 'active' });
      const noted = await losses.note(looked(subject, id, id, 'token_refused'), DAY_HOURS);
      expect(noted !== null).toBe(isNoted);
    });

    it('should take another token for another loss, and the same one for the same', async () => {
      const { id } = await store.put('user');
      const look = looked('token', id, id, 'token_refused');
      const first = await losses.note(look, DAY_HOURS);
      expect(first?.loss.tokenDigest).toMatch(/^[0-9a-f]{32}$/);
      await store.query(`UPDATE powens_loss SET first_seen_at = now() - interval '2 days', status = 'held'`);
      expect(await losses.note(look, DAY_HOURS)).toMatchObject({
        isConfirmed: true,
        loss: { status: 'held', tokenDigest: first?.loss.tokenDigest },
      });
      await store.query(`UPDATE powens_user SET sealed_token = 'another'`);
      const third = await losses.note(look, DAY_HOURS);
      expect(third).toMatchObject({ isConfirmed: false, loss: { status: 'suspected' } });
      expect(third?.loss.tokenDigest).not.toBe(first?.loss.tokenDigest);
    });
  });

  it('should end what Powens found again, of this instance and these things alone', async () => {
    const found = await put({ status: 'applied' });
    const others = [
      await put(),
      await put({ subject_id: found.subject_id, instance: 'second' }),
      await put({ subject_id: randomUUID(), status: 'recovered', ended_at: ago('3 days') }),
    ];
    await losses.contradict([found.subject_id, others[2]?.subject_id ?? '']);
    expect(await row(found.id)).toMatchObject({ status: 'recovered' });
    expect((await row(found.id)).ended_at).not.toBeNull();
    for (const other of others) expect(await row(other.id)).toEqual(other);
    await losses.contradict([]);
    expect((await row(others[0]?.id ?? '')).status).toBe('suspected');
  });

  it('should find what is open of a user, and of an instance oldest first', async () => {
    const userId = randomUUID();
    const later = await put({ user_id: userId, status: 'held' });
    const first = await put({ user_id: userId, first_seen_at: ago('1 day') });
    const granted = await put({ status: 'granted', first_seen_at: ago('1 hour') });
    await put({ user_id: userId, status: 'applied' });
    await put({ user_id: userId, status: 'recovered' });
    const elsewhere = await put({ instance: 'second', user_id: userId, first_seen_at: ago('2 days') });
    const open = await losses.findOpenOf(userId);
    expect(new Set(open.map(({ id }) => id))).toEqual(new Set([later.id, first.id, elsewhere.id]));
    const listed = await losses.findOpen(10);
    expect(listed.map(({ id }) => id)).toEqual([first.id, granted.id, later.id]);
    expect(await losses.findOpen(2)).toHaveLength(2);
    expect(await losses.count()).toEqual({ suspected: 1, held: 1 });
    const third = new LossRepository(store.ofInstance('third'));
    expect(await third.count()).toEqual({ suspected: 0, held: 0 });
  });

  it('should apply a loss that is granted, exactly once', async () => {
    const { id: userId } = await store.put('user');
    const id = await connectionOf(userId);
    await put({ subject_id: id, status: 'granted', first_seen_at: ago('2 days') });
    await put({ status: 'granted' });
    const noted = await losses.note(looked('connection', id, userId), DAY_HOURS);
    if (noted === null) throw new Error('not noted');
    const apply = async (): Promise<void> =>
      store.write((tx) => {
        losses.apply(noted.loss, tx);
      });
    await apply();
    expect(await row(noted.loss.id)).toMatchObject({ status: 'applied' });
    expect((await row(noted.loss.id)).ended_at).not.toBeNull();
    await expect(apply()).rejects.toMatchObject({ code: 'busy' });
  });
});
