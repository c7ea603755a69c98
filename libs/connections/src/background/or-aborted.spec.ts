import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { orAborted } from './or-aborted.js';

const never = new Promise<string>(() => undefined);

describe(orAborted.name, () => {
  it('should give what the work gives, and throw what it throws', async () => {
    const { signal } = new AbortController();
    expect(await orAborted(Promise.resolve('done'), signal)).toBe('done');
    await expect(orAborted(Promise.reject(new Error('broken')), signal)).rejects.toThrow('broken');
  });

  it('should end when the signal aborts, and when it has', async () => {
    const abort = new AbortController();
    const waiting = orAborted(never, abort.signal);
    abort.abort();
    expect(await waiting).toBeUndefined();
    expect(await orAborted(never, abort.signal)).toBeUndefined();
  });

  it('should leave no listener, however often it is used with one signal', async () => {
    const { signal } = new AbortController();
    for (let round = 0; round < 20; round += 1) {
      await orAborted(Promise.resolve(), signal);
    }
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});
