import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PowensUserLeaseRepository } from '../../custody/powens-user-lease.repository.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { USER } from './__support__/powens-user.js';
import { PowensUserLock } from './powens-user-lock.service.js';

const HALF_A_LEASE = 30_000;
const OPTIONS = { lifecycle: { leaseSeconds: 60 }, powens: { totalTimeoutMs: 10_000 } } as ResolvedOptions;

describe(PowensUserLock.name, () => {
  let done: string[];
  /** How often the lease is refused before it is given. */
  let refusals: number;
  let isIn: boolean;

  beforeEach(() => {
    [done, refusals, isIn] = [[], 0, true];
    vi.useFakeTimers();
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  function lock(): PowensUserLock {
    const leases = {
      acquire: async (lease: { userId: string; leaseToken: string }, statuses: string[], seconds: number) => {
        done.push(`acquire ${lease.userId} if ${statuses.join()} for ${seconds >= 60}`);
        refusals -= 1;
        return Promise.resolve(refusals < 0 ? USER : null);
      },
      isIn: async () => Promise.resolve(isIn),
      extend: async (_: unknown, seconds: number) => Promise.resolve(done.push(`extend by ${seconds >= 60}`)),
      interrupt: async () => Promise.resolve(done.push('interrupt')),
    } as unknown as PowensUserLeaseRepository;
    return new PowensUserLock(OPTIONS, leases);
  }

  /** Runs until it is over, however long it waits. */
  async function over<T>(running: Promise<T>): Promise<T> {
    running.catch(() => undefined);
    await vi.advanceTimersByTimeAsync(HALF_A_LEASE);
    return running;
  }

  const ACQUIRE = 'acquire row if active for true';

  it('should change under the lease, with the row and the lease', async () => {
    const change = vi.fn(async () => Promise.resolve(7));
    expect(await over(lock().with('row', ['active'], change))).toBe(7);
    expect(change).toHaveBeenCalledWith(USER, { userId: 'row', leaseToken: expect.any(String) as string });
    expect(done).toEqual([ACQUIRE]);
  });

  it('should wait for the lease of another process', async () => {
    refusals = 2;
    expect(await over(lock().with('row', ['active'], async () => Promise.resolve(7)))).toBe(7);
    expect(done).toEqual([ACQUIRE, ACQUIRE, ACQUIRE]);
  });

  it('should not wait when the status has changed', async () => {
    [refusals, isIn] = [9, false];
    const change = vi.fn();
    await expect(over(lock().with('row', ['active'], change))).rejects.toMatchObject({
      code: 'not_connected',
    });
    await over(lock().withOrGone('row', ['active'], change));
    expect(change).not.toHaveBeenCalled();
    expect(done).toEqual([ACQUIRE, ACQUIRE]);
  });

  it('should run a change that nobody has ended', async () => {
    const change = vi.fn(async () => Promise.resolve());
    await over(lock().withOrGone('row', ['active'], change));
    expect(change).toHaveBeenCalledTimes(1);
  });

  it('should extend the lease while the change lasts', async () => {
    const change = async (): Promise<void> =>
      new Promise((resolve) => setTimeout(resolve, 1.5 * HALF_A_LEASE));
    const running = lock().with('row', ['active'], change);
    await vi.advanceTimersByTimeAsync(2 * HALF_A_LEASE);
    await running;
    expect(done.slice(0, 2)).toEqual([ACQUIRE, 'extend by true']);
  });

  it('should leave a mark for the sweeper when the change fails [RL-12]', async () => {
    const failed = new Error('of the change');
    await expect(over(lock().with('row', ['active'], async () => Promise.reject(failed)))).rejects.toBe(
      failed,
    );
    expect(done).toEqual([ACQUIRE, 'interrupt']);
  });
});
