import { beforeEach, describe, expect, it } from 'vitest';
import { OutboxClaims } from './outbox-claims.js';
import type { ClaimedMessage, OutboxRepository } from './outbox.repository.js';

const message = (position: string): ClaimedMessage => ({ position }) as ClaimedMessage;

interface Look {
  readonly kind: 'due' | 'walk';
  readonly limit: number;
  readonly keys?: readonly string[];
  readonly after?: string | null;
}

describe(OutboxClaims.name, () => {
  let claims: OutboxClaims;
  let looks: Look[];
  let due: { messages: ClaimedMessage[]; complete: boolean };
  let walked: { messages: ClaimedMessage[]; after: string | null };
  let tokens: Set<string>;

  beforeEach(() => {
    [looks, tokens] = [[], new Set()];
    due = { messages: [], complete: false };
    walked = { messages: [], after: null };
    const repository = {
      claim: async ({ limit, leaseToken }: { limit: number; leaseToken: string }) => {
        looks.push({ kind: 'due', limit });
        tokens.add(leaseToken);
        return Promise.resolve(due);
      },
      claimByWalk: async ({ limit }: { limit: number }, walk: { keys: string[]; after: string | null }) => {
        looks.push({ kind: 'walk', limit, ...walk });
        return Promise.resolve(walked);
      },
    } as unknown as OutboxRepository;
    claims = new OutboxClaims(repository, 60);
  });

  it('should claim by due time while all that is due is seen, and again as long as something comes', async () => {
    due = { messages: [message('1')], complete: true };
    const batch = await claims.next(9);
    expect(batch).toMatchObject({ messages: [message('1')], more: true, backlog: false });
    expect([...tokens]).toEqual([batch.leaseToken]);
    due = { messages: [], complete: true };
    expect(await claims.next(1)).toMatchObject({ messages: [], more: false, backlog: false });
    expect(looks).toEqual([
      { kind: 'due', limit: 9 },
      { kind: 'due', limit: 1 },
    ]);
  });

  it('should know of a backlog when the limit left something', async () => {
    due = { messages: [message('1')], complete: true };
    expect(await claims.next(1)).toMatchObject({ more: true, backlog: true });
  });

  it('should walk in turn where more is due, from where it stopped, first over what was finished', async () => {
    due = { messages: [message('1'), message('2')], complete: false };
    walked = { messages: [message('3')], after: 'k7' };
    claims.finished('k1');
    claims.finished('k2');
    claims.finished('k1');
    expect(await claims.next(10)).toMatchObject({
      messages: ['1', '2'].map(message),
      more: true,
      backlog: true,
    });
    expect(await claims.next(8)).toMatchObject({ messages: [message('3')], more: true, backlog: true });
    await claims.next(4);
    await claims.next(3);
    expect(looks).toEqual([
      { kind: 'due', limit: 10 },
      { kind: 'walk', limit: 8, keys: ['k1', 'k2'], after: null },
      { kind: 'due', limit: 4 },
      { kind: 'walk', limit: 3, keys: [], after: 'k7' },
    ]);
  });

  it('should know of no backlog at the end of all connections, unless the limit left something', async () => {
    walked = { messages: [message('1')], after: null };
    await claims.next(2);
    expect(await claims.next(2)).toMatchObject({ more: true, backlog: false });
    await claims.next(1);
    expect(await claims.next(1)).toMatchObject({ more: true, backlog: true });
  });

  it('should give up a walk that finds nothing after five steps, and go on with it at the next look', async () => {
    walked = { messages: [], after: 'k' };
    /** Whether more may come after each of six steps of the walk. */
    const steps = async (): Promise<boolean[]> => {
      const more: boolean[] = [];
      for (let step = 0; step < 6; step += 1) {
        expect((await claims.next(10)).more).toBe(true);
        more.push((await claims.next(10)).more);
      }
      return more;
    };
    expect(await steps()).toEqual([true, true, true, true, false, true]);
    walked = { messages: [message('1')], after: 'k' };
    await claims.next(10);
    expect((await claims.next(10)).more).toBe(true);
    walked = { messages: [], after: 'k' };
    expect(await steps()).toEqual([true, true, true, true, false, true]);
    due = { messages: [], complete: true };
    expect((await claims.next(10)).more).toBe(false);
    due = { messages: [], complete: false };
    expect(await steps()).toEqual([true, true, true, true, false, true]);
  });

  it('should end at the end of all connections, when nothing was claimed', async () => {
    await claims.next(10);
    expect((await claims.next(10)).more).toBe(false);
  });

  it('should remember two hundred connections that were finished, and no more', async () => {
    for (let index = 0; index < 205; index += 1) claims.finished(String(index));
    await claims.next(10);
    await claims.next(10);
    expect(looks.at(-1)?.keys).toHaveLength(200);
  });
});
