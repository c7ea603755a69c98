import { randomBytes } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { storedBodyOf } from './body-store.js';

describe(storedBodyOf.name, () => {
  it('should keep a small body as it came', async () => {
    const chunks = [Buffer.from('{"id": '), Buffer.from('1}')];
    expect(await storedBodyOf({ chunks, encoding: 'identity' })).toEqual({
      bytes: Buffer.from('{"id": 1}'),
      encoding: 'identity',
    });
  });

  it('should compress a large one, however it is cut, to what gives the same bytes back', async () => {
    const text = Buffer.from(randomBytes(300_000).toString('hex'));
    const chunks = Array.from({ length: 60 }, (_, index) =>
      text.subarray(index * 10_000, (index + 1) * 10_000),
    );
    const { bytes, encoding } = await storedBodyOf({ chunks, encoding: 'identity' });
    expect(encoding).toBe('gzip');
    expect(bytes.length).toBeLessThan(text.length * 0.7);
    expect(gunzipSync(bytes).equals(text)).toBe(true);
  });

  it('should keep what came compressed as it is', async () => {
    const body = gzipSync(randomBytes(50_000));
    const stored = await storedBodyOf({ chunks: [body.subarray(0, 9), body.subarray(9)], encoding: 'gzip' });
    expect(stored).toEqual({ bytes: body, encoding: 'gzip' });
  });
});
