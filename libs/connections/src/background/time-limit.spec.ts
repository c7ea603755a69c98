import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TimeLimit, withTimeLimit } from './time-limit.js';

const never = async (): Promise<never> => new Promise(() => undefined);
const late = (): Error => new Error('too late');

describe(TimeLimit.name, () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it('should be over at once for all that is late, and abort its signal', async () => {
    const limit = new TimeLimit(1000, late);
    const { signal } = limit;
    const races = [limit.race(never()), limit.race(Promise.resolve('in time')), limit.race(never())];
    const settled = Promise.allSettled(races);
    await vi.advanceTimersByTimeAsync(999);
    expect(signal.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(signal.aborted).toBe(true);
    expect(
      (await settled).map((one) => (one.status === 'fulfilled' ? one.value : (one.reason as unknown))),
    ).toEqual([late(), 'in time', late()]);
  });

  it('should leave no timer once it ended, nor before anything began', async () => {
    const limit = new TimeLimit(1000, late);
    expect(vi.getTimerCount()).toBe(0);
    await limit.race(Promise.resolve());
    limit.end();
    expect([vi.getTimerCount(), limit.signal.aborted]).toEqual([0, false]);
  });

  it('should pass on what the work throws, at once or later', async () => {
    const thrown = async (work: () => Promise<void>): Promise<unknown> =>
      withTimeLimit(1000, work, late).catch((error: unknown) => error);
    const failure = new Error('broken');
    const atOnce = (): never => {
      throw failure;
    };
    expect(await thrown(atOnce)).toBe(failure);
    expect(await thrown(async () => Promise.reject(failure))).toBe(failure);
    expect(vi.getTimerCount()).toBe(0);
  });
});
