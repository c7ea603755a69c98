import { createHash, randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ago, ahead, type Store } from '../../database/__support__/store.js';
import { useStore } from '../../database/__support__/use-store.js';
import { LossRepository } from './loss.repository.js';

interface UserRow {
  id: string;
  status: string;
  status_reason: string | null;
  sealed_token: string | null;
  lease_token: string | null;
  leased_until: Date | null;
}

/** Leases of a row: nobody's, one that ended with its process, one that somebody holds. */
const FREE = { lease_token: null, leased_until: null };
const ENDED = { lease_token: randomUUID(), leased_until: ago('1 second') };
const HELD = { lease_token: randomUUID(), leased_until: ahead('1 minute') };
const LEASES = [
  ['nobody holds', FREE, true],
  ['a process held until it disappeared', ENDED, true],
  ['somebody changes', HELD, false],
] as const;
const TOKEN_LOST = { status: 'revoked', status_reason: 'token_lost' };
const LOST = { status: 'lost', status_reason: 'user_gone' };

describe(LossRepository.name, () => {
  let store: Store;
  let lost: LossRepository;

  useStore((opened) => {
    store = opened;
    lost = new LossRepository(store.database);
  });

  const put = async (values: object = {}): Promise<UserRow> => store.put<UserRow>('user', { ...values });
  const user = async ({ id }: UserRow): Promise<UserRow | undefined> => store.find<UserRow>('user', id);
  const connection = async (userId: string, values: object = {}): Promise<string> =>
    (await store.put('connection', { user_id: userId, ...values })).id;

  it('should find a row in whatever status, and none that is not there', async () => {
    const rows = [await put(), await put(LOST)];
    for (const { id, status } of rows) expect(await lost.findUser(id)).toMatchObject({ userId: id, status });
    expect(await lost.findUser(randomUUID())).toBeNull();
  });

  describe('losing a user', () => {
    const lose = async ({ id }: UserRow): Promise<void> =>
      store.write((tx) => {
        lost.lose(id, 30, tx);
      });

    it.each(['active', 'revoked'])(
      'should take one that is %s out of use with its connections, and keep them',
      async (status) => {
        const row = await put({ status, ...ENDED });
        const other = await put();
        const [inUse, unconfirmed] = [
          await connection(row.id),
          await connection(row.id, { status: 'unconfirmed' }),
        ];
        const deleting = await connection(row.id, { status: 'deleting', removal_reason: 'requested' });
        const others = [await connection(other.id), await connection(other.id, { status: 'unconfirmed' })];
        await lose(row);
        expect(await user(row)).toMatchObject({ ...LOST, ...FREE, sealed_token: row.sealed_token });
        expect(await user(other)).toMatchObject({ status: 'active' });
        const [kept] = await store.query<{ status: string; days: number }>(
          `SELECT status, removal_reason, revision, round(extract(epoch FROM remove_at - now()) / 86400)::int AS days
         FROM powens_connection WHERE id = $1`,
          [inUse],
        );
        expect(kept).toEqual({ status: 'gone', removal_reason: 'user_gone', revision: 2, days: 30 });
        expect(await store.find('connection', unconfirmed)).toBeUndefined();
        expect(await store.find('connection', deleting)).toMatchObject({ status: 'deleting' });
        expect(await store.find('connection', others[0] ?? '')).toMatchObject({ status: 'active' });
        expect(await store.find('connection', others[1] ?? '')).toMatchObject({ status: 'unconfirmed' });
      },
    );

    it.each(LEASES)('should lose a row that %s, or not', async (_, lease, isLost) => {
      const row = await put({ ...lease });
      await (isLost ? lose(row) : expect(lose(row)).rejects.toMatchObject({ code: 'busy' }));
      expect((await user(row))?.status).toBe(isLost ? 'lost' : 'active');
    });

    it('should not lose a user who is being erased', async () => {
      const row = await put({ status: 'erasing', status_reason: 'requested' });
      await expect(lose(row)).rejects.toMatchObject({ code: 'busy' });
    });
  });

  describe('a token that Powens refuses', () => {
    const digestOf = ({ sealed_token }: UserRow): string =>
      createHash('md5')
        .update(sealed_token ?? '')
        .digest('hex');
    const revoke = async ({ id }: UserRow, digest: string | null): Promise<void> =>
      store.write((tx) => {
        lost.revokeRefused(id, digest, tx);
      });

    it.each(LEASES)('should be taken out of use in a row that %s, or not', async (_, lease, isRevoked) => {
      const [row, other] = [await put({ ...lease }), await put()];
      const revoked = revoke(row, digestOf(row));
      await (isRevoked ? revoked : expect(revoked).rejects.toMatchObject({ code: 'busy' }));
      const after = await user(row);
      expect(after).toMatchObject(isRevoked ? { ...TOKEN_LOST, ...FREE } : { status: 'active' });
      expect(after?.sealed_token).toBe(row.sealed_token);
      expect((await user(other))?.status).toBe('active');
    });

    it('should stay in use when another one came in its place, or nobody says which', async () => {
      const row = await put();
      await expect(revoke(row, digestOf(await put()))).rejects.toMatchObject({ code: 'busy' });
      await expect(revoke(row, null)).rejects.toMatchObject({ code: 'busy' });
      const over = await put(LOST);
      await expect(revoke(over, digestOf(over))).rejects.toMatchObject({ code: 'busy' });
    });
  });

  describe('finding a user again', () => {
    it.each([
      ['lost', LOST, true],
      ['revoked, since its token was refused', TOKEN_LOST, true],
      ['revoked on request', { status: 'revoked' }, false],
      ['in use', {}, false],
      ['being erased', { status: 'erasing', status_reason: 'requested' }, false],
    ])('should take one into use again that is %s, or not', async (_, values, isRevived) => {
      // Two envelopes are never the same: here they are, so that it is the row that is told apart.
      const row = await put(values);
      const other = await put({ ...values, sealed_token: row.sealed_token });
      expect(await lost.revive(row.id, row.sealed_token ?? '')).toBe(isRevived);
      expect(await user(row)).toMatchObject(isRevived ? { status: 'active', status_reason: null } : values);
      expect(await user(other)).toMatchObject(values);
    });

    it.each(LEASES)('should take a row into use again that %s, or not', async (_, lease, isRevived) => {
      const row = await put({ ...LOST, ...lease });
      expect(await lost.revive(row.id, row.sealed_token ?? '')).toBe(isRevived);
    });

    it('should not take one into use again whose token is another by now', async () => {
      const row = await put(LOST);
      expect(await lost.revive(row.id, 'another')).toBe(false);
    });
  });
});
