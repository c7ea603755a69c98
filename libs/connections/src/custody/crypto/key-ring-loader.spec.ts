import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { ConfigurationError } from '../../errors/index.js';
import type { KeyProvider } from '../../options/key-provider.interface.js';
import { KeyRingLoader } from './key-ring-loader.js';

type LoadKeys = KeyProvider['loadKeys'];

const KEY = randomBytes(32).toString('base64');
const SPEC = `k2:${KEY},k1:${randomBytes(32).toString('base64')}`;

function loaderOf(loadKeys: LoadKeys, timeoutMs = 300_000): KeyRingLoader {
  return new KeyRingLoader({ keys: null, keyProvider: { loadKeys }, keyProviderTimeoutMs: timeoutMs });
}

async function refusal(loading: Promise<unknown>): Promise<ConfigurationError> {
  const error: unknown = await loading.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ConfigurationError);
  expect(inspect(error, { depth: 10 })).not.toContain(KEY);
  return error as ConfigurationError;
}

describe(KeyRingLoader.name, () => {
  it('should read plain keys without asking anybody', async () => {
    const loader = new KeyRingLoader({ keys: SPEC.split(','), keyProvider: null, keyProviderTimeoutMs: 1 });
    expect((await loader.load()).ids).toEqual(['k2', 'k1']);
  });

  it.each([SPEC, SPEC.split(',')])('should read what the key provider gives', async (spec) => {
    const ring = await loaderOf(async () => spec).load();
    expect([ring.primaryId, ...ring.ids]).toEqual(['k2', 'k2', 'k1']);
  });

  it('should unwrap once for 100 callers that come together, and once for all that come later', async () => {
    const loadKeys = vi.fn<LoadKeys>(async () => {
      await sleep(20);
      return SPEC;
    });
    const loader = loaderOf(loadKeys);
    const rings = await Promise.all(Array.from({ length: 100 }, async () => loader.load()));
    rings.push(await loader.load());
    expect(loadKeys).toHaveBeenCalledTimes(1);
    expect(new Set(rings).size).toBe(1);
  });

  it('should share a failure with those that wait for it, and ask again for the next', async () => {
    const loadKeys = vi.fn<LoadKeys>(async () => SPEC).mockRejectedValueOnce(new TypeError('away'));
    const loader = loaderOf(loadKeys);
    const waiting = await Promise.allSettled(Array.from({ length: 100 }, async () => loader.load()));
    expect(waiting.every(({ status }) => status === 'rejected')).toBe(true);
    expect(loadKeys).toHaveBeenCalledTimes(1);
    await expect(loader.load()).resolves.toMatchObject({ primaryId: 'k2' });
    expect(loadKeys).toHaveBeenCalledTimes(2);
  });

  it('should fail each time while the key service fails each time', async () => {
    const loadKeys = vi.fn<LoadKeys>(async () => Promise.reject(new Error('away')));
    const loader = loaderOf(loadKeys);
    for (let tries = 1; tries <= 3; tries += 1) {
      expect((await refusal(loader.load())).option).toBe('keyProvider');
      expect(loadKeys).toHaveBeenCalledTimes(tries);
    }
  });

  it('should give up a key service that is too slow, and tell it so', async () => {
    let aborted = false;
    const slow: LoadKeys = async ({ signal }) => {
      signal.addEventListener('abort', () => (aborted = true));
      return new Promise<string>(() => undefined);
    };
    const error = await refusal(loaderOf(slow, 50).load());
    expect(error.option).toBe('keyProvider');
    expect(aborted).toBe(true);
  });

  it('should not let a failure after the timeout end the process', async () => {
    let fail = (): void => undefined;
    const late: LoadKeys = async () =>
      new Promise((_, reject) => {
        fail = () => reject(new Error('late'));
      });
    await refusal(loaderOf(late, 5).load());
    fail();
    // An unhandled rejection would be reported once the queue of microtasks is empty.
    await sleep(0);
  });

  it('should not abort a key service that was in time', async () => {
    let seen: AbortSignal | undefined;
    await loaderOf(async ({ signal }) => {
      seen = signal;
      return SPEC;
    }).load();
    expect(seen?.aborted).toBe(false);
  });

  it('should not tell what the key service said: parsers quote what they parse', async () => {
    const quoting: LoadKeys = async () => JSON.parse(`k2:${KEY}`) as string;
    expect((await refusal(loaderOf(quoting).load())).cause).toBeUndefined();
  });

  it.each([
    ['a key of 31 bytes', `k1:${randomBytes(31).toString('base64')}`],
    ['a key of 33 bytes', `k1:${randomBytes(33).toString('base64')}`],
    ['a data key that is still wrapped', `k1:${randomBytes(184).toString('base64')}`],
    ['a key of zeros', `k1:${Buffer.alloc(32).toString('base64')}`],
    ['white space', `k1: ${KEY}`],
    ['nothing', ''],
    ['an empty list', []],
  ])('should refuse %s', async (_, spec) => {
    await refusal(loaderOf(async () => spec).load());
  });

  it.each([null, undefined, 7, Buffer.from(SPEC), [Buffer.from(SPEC)], { keys: SPEC }])(
    'should refuse an answer that is no text',
    async (answer) => {
      await refusal(loaderOf(async () => answer as unknown as string).load());
    },
  );

  it('should name the kind of an error, and nothing that is no name: it may be the key', async () => {
    const named = (name: unknown): LoadKeys => {
      const error = Object.assign(new Error('of the key service'), { name });
      return async () => Promise.reject(error);
    };
    for (const name of ['AccessDenied', 'x'.repeat(64)]) {
      expect((await refusal(loaderOf(named(name)).load())).message).toContain(`failed with ${name}.`);
    }
    for (const name of ['', 'x'.repeat(65), `${KEY} is no key`, `is no key ${KEY}`, 7, undefined]) {
      const { message } = await refusal(loaderOf(named(name)).load());
      expect(message).toContain('failed with something that is no Error.');
    }
  });

  it('should say that the key service took too long', async () => {
    const { message } = await refusal(loaderOf(async () => new Promise(() => undefined), 5).load());
    expect(message).toContain('did not give the keys within 5 ms');
  });

  it('should refuse a list of which only some are texts', async () => {
    const { message } = await refusal(loaderOf(async () => [SPEC, 7] as unknown as string[]).load());
    expect(message).toContain('must give a string or a list of strings');
  });

  it('should name what was thrown when it is no error', async () => {
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
    const error = await refusal(loaderOf(async () => Promise.reject(KEY)).load());
    expect(error.option).toBe('keyProvider');
  });
});
