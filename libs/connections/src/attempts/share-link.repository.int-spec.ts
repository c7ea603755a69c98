import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { ago, type Store } from '../database/__support__/store.js';
import { useStore } from '../database/__support__/use-store.js';
import type { Owner } from '../values/owner.js';
import { AttemptRepository } from './attempt.repository.js';
import { secret, sha256 } from './__support__/attempts-under-test.js';
import { ShareLinkRepository } from './share-link.repository.js';

const ANN: Owner = { id: 'ann', tenant: '' };
const OTHERS: readonly Owner[] = [
  { id: 'bob', tenant: '' },
  { id: 'ann', tenant: 'north' },
];

describe(ShareLinkRepository, () => {
  let store: Store;
  let links: ShareLinkRepository;
  let token: string;

  useStore((opened) => {
    store = opened;
    links = new ShareLinkRepository(opened.database);
  });

  beforeEach(() => {
    token = secret();
  });

  async function put(values: object = {}): Promise<{ id: string }> {
    return store.put('link', { owner_id: 'ann', token_hash: sha256(token), ...values });
  }

  const usesLeft = async ({ id }: { id: string }): Promise<unknown> =>
    (await store.find<{ uses_left: number }>('link', id))?.uses_left;

  it('should be stored without its token, and be found by it', async () => {
    const id = randomUUID();
    const issued = await links.insert({
      ...{ id, owner: ANN, sealedRequest: 'sealed', lifetimeSeconds: 600, maxUses: 2, maxLinks: 5 },
    });
    expect(issued?.token).toMatch(/^[\w-]{43}$/);
    expect(issued?.expiresAt).toBeInstanceOf(Date);
    expect(JSON.stringify(await store.find('link', id))).not.toContain(issued?.token);
    expect(await links.use(ANN, issued?.token ?? '')).toEqual({ id, sealedRequest: 'sealed' });
    expect(await usesLeft({ id })).toBe(1);
  });

  it('should be used by its owner in its instance, before it expires, as often as it allows', async () => {
    const row = await put({ uses_left: 2 });
    for (const other of OTHERS) expect(await links.use(other, token)).toBeNull();
    const elsewhere = new ShareLinkRepository(store.ofInstance('second'));
    expect(await elsewhere.use(ANN, token)).toBeNull();
    expect(await links.use(ANN, secret())).toBeNull();
    expect(await links.use(ANN, `${token}x`)).toBeNull();
    expect(await usesLeft(row)).toBe(2);
    const uses = await Promise.all(Array.from({ length: 5 }, async () => links.use(ANN, token)));
    expect(uses.filter((use) => use !== null)).toHaveLength(2);
    expect(await usesLeft(row)).toBe(0);
  });

  it('should not be used when it has expired', async () => {
    await put({ expires_at: ago('1 second') });
    expect(await links.use(ANN, token)).toBeNull();
  });

  it('should be usable again when its use is released, unless it was removed', async () => {
    const row = await put();
    await links.use(ANN, token);
    await links.release(row.id);
    expect(await usesLeft(row)).toBe(1);
    await new ShareLinkRepository(store.ofInstance('second')).release(row.id);
    expect(await usesLeft(row)).toBe(1);
    await links.remove(ANN, row.id);
    await links.release(row.id);
    expect(await links.use(ANN, token)).toBeNull();
  });

  it('should count the links of an owner that can be used', async () => {
    await put();
    await put({ token_hash: sha256('used'), uses_left: 0 });
    await put({ token_hash: sha256('expired'), expires_at: ago('1 second') });
    await put({ token_hash: sha256('another'), owner_id: 'bob' });
    const link = { owner: ANN, sealedRequest: 'sealed', lifetimeSeconds: 600, maxUses: 1, maxLinks: 2 };
    expect(await links.insert({ ...link, id: randomUUID() })).not.toBeNull();
    expect(await links.insert({ ...link, id: randomUUID() })).toBeNull();
    expect(await links.secondsToRoom(ANN)).toBeGreaterThan(500);
    expect(await links.secondsToRoom(ANN)).toBeLessThanOrEqual(600);
  });

  it('should be removed by its owner alone', async () => {
    const row = await put();
    for (const other of OTHERS) expect(await links.remove(other, row.id)).toBe(false);
    expect(await new ShareLinkRepository(store.ofInstance('second')).remove(ANN, row.id)).toBe(false);
    expect(await links.remove(ANN, row.id)).toBe(true);
    expect(await links.remove(ANN, row.id)).toBe(false);
  });

  it('should be removed some time after it expired, and not before', async () => {
    const kept = await put();
    const other = await put({ token_hash: sha256('x'), instance: 'second', expires_at: ago('1 day') });
    for (const name of ['one', 'two', 'three']) {
      await put({ token_hash: sha256(name), expires_at: ago('1 minute') });
    }
    expect([await links.purge(2), await links.purge(2), await links.purge(2)]).toEqual([2, 1, 0]);
    expect(await usesLeft(kept)).toBe(1);
    expect(await usesLeft(other)).toBe(1);
  });

  it('should go with its owner, and stay when only the Powens user is forgotten', async () => {
    const row = await put();
    const other = await put({ token_hash: sha256('x'), owner_id: 'bob' });
    const attempts = new AttemptRepository(store.database);
    await attempts.eraseOwner(ANN, { abandon: false });
    expect(await usesLeft(row)).toBe(1);
    await attempts.eraseOwner(ANN, { abandon: true });
    expect([await usesLeft(row), await usesLeft(other)]).toEqual([undefined, 1]);
    await put();
    await store.write((tx) => attempts.eraseOwnerIn(ANN, { tx, abandon: true }));
    expect(await links.use(ANN, token)).toBeNull();
  });
});
