import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ago, ahead, NOW, type Store } from '../../database/__support__/store.js';
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

const ENDED = { lease_token: randomUUID(), leased_until: ago('1 second') };
const HELD = { lease_token: randomUUID(), leased_until: ahead('1 minute') };
const TOKEN_LOST = { status: 'revoked', status_reason: 'token_lost' };
const LOST = { status: 'lost', status_reason: 'user_gone' };

describe('the memory of lost users', () => {
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

  it('should drop a refused token when its memory ends, and not before, nor another one', async () => {
    const loss = { subject: 'token', status: 'applied' };
    const due = await put(TOKEN_LOST);
    await store.put('loss', { ...loss, user_id: due.id, ended_at: ago('31 days') });
    const kept: [object, object][] = [
      [TOKEN_LOST, { ...loss, ended_at: ago('29 days') }],
      [TOKEN_LOST, { ...loss, subject: 'user', ended_at: ago('31 days') }],
      [TOKEN_LOST, { ...loss, status: 'recovered', ended_at: ago('31 days') }],
      [TOKEN_LOST, { ...loss, instance: 'second', ended_at: ago('31 days') }],
      [
        { ...TOKEN_LOST, instance: 'second' },
        { ...loss, ended_at: ago('31 days') },
      ],
      [
        { ...TOKEN_LOST, ...HELD },
        { ...loss, ended_at: ago('31 days') },
      ],
      [{ status: 'revoked' }, { ...loss, ended_at: ago('31 days') }],
      [{}, { ...loss, ended_at: ago('31 days') }],
    ];
    const rows: UserRow[] = [];
    for (const [values, noted] of kept) {
      const row = await put(values);
      await store.put('loss', { ...noted, user_id: row.id, subject_id: row.id });
      rows.push(row);
    }
    await lost.dropRefused(30);
    expect(await user(due)).toMatchObject({ ...TOKEN_LOST, sealed_token: null });
    for (const row of rows) {
      expect((await user(row))?.sealed_token, JSON.stringify(row)).toBe(row.sealed_token);
    }
  });

  it('should drop a refused token after a lease that ended, and leave a row alone that has none', async () => {
    const loss = { subject: 'token', status: 'applied', ended_at: ago('31 days') };
    const ended = await put({ ...TOKEN_LOST, ...ENDED });
    await store.put('loss', { ...loss, user_id: ended.id });
    await lost.dropRefused(30);
    const { updated_at: dropped } = (await store.find('user', ended.id)) ?? {};
    await lost.dropRefused(30);
    expect(await store.find('user', ended.id)).toMatchObject({ sealed_token: null, updated_at: dropped });
  });

  it('should come to lost users alone, after their time', async () => {
    const applied = { subject: 'user', status: 'applied', ended_at: ago('31 days') };
    const due = [await put(LOST), await put(LOST)];
    for (const { id } of due) await store.put('loss', { ...applied, user_id: id });
    const others: [object, object][] = [
      [LOST, { ended_at: ago('29 days') }],
      [LOST, { subject: 'token' }],
      [LOST, { status: 'recovered' }],
      [LOST, { instance: 'second' }],
      [{}, {}],
    ];
    for (const [values, noted] of others) {
      await store.put('loss', { ...applied, ...noted, user_id: (await put(values)).id });
    }
    expect(new Set(await lost.findForgotten(30, 10))).toEqual(new Set(due.map(({ id }) => id)));
    expect(await lost.findForgotten(30, 1)).toHaveLength(1);
  });

  const losses = async (): Promise<Record<string, string>> => {
    const rows = await store.query<{ subject_id: string; status: string }>(
      'SELECT subject_id, status FROM powens_loss',
    );
    return Object.fromEntries(rows.map((row) => [row.subject_id, row.status]));
  };

  it('should end the losses of what is not in use any more', async () => {
    const { id } = await put();
    const revoked = await put(TOKEN_LOST);
    const lostUser = await put(LOST);
    const expected: Record<string, string> = {};
    const note = async (values: { subject_id: string }, after: string): Promise<void> => {
      await store.put('loss', { user_id: id, ...values });
      expected[values.subject_id] = after;
    };
    await note({ subject_id: await connection(id) }, 'suspected');
    await note({ subject_id: await connection(id, { status: 'unconfirmed' }) }, 'suspected');
    const gone = { status: 'gone', removal_reason: 'gone_at_powens' };
    await note({ subject_id: await connection(id, gone) }, 'recovered');
    for (const status of ['held', 'granted']) {
      const values = { subject_id: randomUUID(), status };
      await note(values, 'recovered');
    }
    for (const status of ['applied', 'recovered']) {
      const values = { subject_id: randomUUID(), status, ended_at: NOW };
      await note(values, status);
    }
    const elsewhere = { subject_id: randomUUID(), instance: 'second' };
    await note(elsewhere, 'suspected');
    const of = (subject: string, subject_id: string): { subject: string; subject_id: string } => ({
      subject,
      subject_id,
    });
    await note(of('user', id), 'suspected');
    await note(of('token', (await put()).id), 'suspected');
    await note(of('user', revoked.id), 'suspected');
    await note(of('token', (await put(TOKEN_LOST)).id), 'recovered');
    await note(of('user', lostUser.id), 'recovered');
    // An id of another kind is no such thing.
    await note(of('connection', (await put()).id), 'recovered');
    await note(of('user', await connection(id)), 'recovered');
    await lost.tidy(30);
    expect(await losses()).toEqual(expected);
    const [ended] = await store.query(
      `SELECT 1 FROM powens_loss WHERE status = 'recovered' AND ended_at IS NULL`,
    );
    expect(ended).toBeUndefined();
  });

  it('should remove losses that are over for longer than they are remembered', async () => {
    const noted = async (values: object): Promise<unknown> => store.put('loss', { ...values });
    await noted({ status: 'applied', ended_at: ago('32 days') });
    await noted({ status: 'recovered', ended_at: ago('32 days') });
    await noted({ status: 'applied', ended_at: ago('30 days') });
    await noted({ status: 'applied', ended_at: ago('32 days'), instance: 'second' });
    await lost.tidy(30);
    expect(Object.values(await losses())).toEqual(['applied', 'applied']);
  });

  it('should keep what is over for a day at least, since it counts against the limit', async () => {
    await store.put('loss', { status: 'applied', ended_at: ago('23 hours') });
    await store.put('loss', { status: 'applied', ended_at: ago('25 hours') });
    await lost.tidy(0);
    expect(Object.keys(await losses())).toHaveLength(1);
  });
});
