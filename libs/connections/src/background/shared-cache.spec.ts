import { beforeEach, describe, expect, it, vi } from 'vitest';
import { SharedCache } from './shared-cache.js';

describe(SharedCache.name, () => {
  let now = 0;
  let loads: string[];
  const loading = (key: string, value: unknown = key) => {
    return async (): Promise<unknown> => {
      loads.push(key);
      return Promise.resolve(value);
    };
  };

  beforeEach(() => {
    now = 1000;
    loads = [];
    vi.spyOn(performance, 'now').mockImplementation(() => now);
  });

  it('should load once for callers that come together, and once for those within the time', async () => {
    const cache = new SharedCache<unknown>({ max: 10, ttlSeconds: 60 });
    await Promise.all(Array.from({ length: 50 }, async () => cache.get('a', loading('a'))));
    now += 59_999;
    expect(await cache.get('a', loading('a'))).toBe('a');
    expect(loads).toEqual(['a']);
    now += 1;
    await cache.get('a', loading('a'));
    expect(loads).toEqual(['a', 'a']);
  });

  it('should count the time from the moment a value is there', async () => {
    const cache = new SharedCache<unknown>({ max: 10, ttlSeconds: 60 });
    await cache.get('a', async () => {
      now += 3_600_000;
      return Promise.resolve(1);
    });
    expect(await cache.get('a', loading('a'))).toBe(1);
  });

  it('should share a load without a time, and load again for the next caller', async () => {
    const cache = new SharedCache<unknown>({ max: 10, ttlSeconds: 0 });
    await Promise.all([cache.get('a', loading('a')), cache.get('a', loading('a'))]);
    await cache.get('a', loading('a'));
    expect(loads).toEqual(['a', 'a']);
  });

  it('should share a failure with those that wait for it, and keep none', async () => {
    const cache = new SharedCache<unknown>({ max: 10, ttlSeconds: 60 });
    const fail = async (): Promise<unknown> => {
      loads.push('failed');
      return Promise.reject(new Error('away'));
    };
    const settled = await Promise.allSettled([cache.get('a', fail), cache.get('a', fail)]);
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await cache.get('a', loading('a'))).toBe('a');
    expect(loads).toEqual(['failed', 'a']);
  });

  it('should not keep that there is nothing', async () => {
    const cache = new SharedCache<unknown>({ max: 10, ttlSeconds: 60 });
    expect(await cache.get('a', loading('a', null))).toBeNull();
    expect(await cache.get('a', loading('a', 7))).toBe(7);
  });

  it('should drop what was not used for longest when there are too many', async () => {
    const cache = new SharedCache<unknown>({ max: 2, ttlSeconds: 60 });
    for (const key of ['a', 'b', 'a', 'c']) await cache.get(key, loading(key));
    expect(loads).toEqual(['a', 'b', 'c']);
    await cache.get('a', loading('a'));
    await cache.get('b', loading('b'));
    expect(loads).toEqual(['a', 'b', 'c', 'b']);
  });
});
