import { randomBytes } from 'node:crypto';
import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { plainBytes } from './inflate.js';

const MIB = 1024 * 1024;
const LIMIT = 50 * MIB;

async function inflated(chunks: readonly Buffer[], maxBytes = LIMIT): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of plainBytes({ chunks, encoding: 'gzip' }, maxBytes)) parts.push(part);
  return Buffer.concat(parts);
}

/** How many bytes come out before it ends. */
async function bytesUntilRefused(body: Buffer, maxBytes = LIMIT): Promise<{ bytes: number; code: unknown }> {
  let bytes = 0;
  try {
    for await (const part of plainBytes({ chunks: [body], encoding: 'gzip' }, maxBytes)) bytes += part.length;
  } catch (error) {
    return { bytes, code: (error as { code: unknown }).code };
  }
  return { bytes, code: null };
}

describe(plainBytes.name, () => {
  it('should give back what was compressed, however it is cut', async () => {
    const text = randomBytes(100_000).toString('hex');
    const body = gzipSync(text);
    const bytes = Array.from(body.subarray(0, 40), (byte) => Buffer.from([byte]));
    expect((await inflated([body])).toString()).toBe(text);
    expect((await inflated([...bytes, body.subarray(40)])).toString()).toBe(text);
  });

  it('should give plain bytes as they are, the same buffers', async () => {
    const chunks = [Buffer.from('{'), Buffer.from('}')];
    const given: Buffer[] = [];
    for await (const chunk of plainBytes({ chunks, encoding: 'identity' }, 1)) given.push(chunk);
    expect(given[0]).toBe(chunks[0]);
    expect(given).toEqual(chunks);
  });

  it('should stop at a bomb soon after its first megabyte [W09, WH-05]', async () => {
    const bomb = gzipSync(Buffer.alloc(40 * MIB, ' '), { level: 9 });
    expect(bomb.length).toBeLessThan(MIB / 20);
    const { bytes, code } = await bytesUntilRefused(bomb);
    expect(code).toBe('webhook_too_large');
    expect(bytes).toBeLessThan(6 * MIB);
  });

  it('should take text with as much repetition as a synchronisation has [WH-05]', async () => {
    const transaction =
      '{"id": 123, "value": -16.22, "original_wording": "CB CARREFOUR 12/03", "coming": false}, ';
    const text = Buffer.from(
      Array.from({ length: 60_000 }, (_, index) => transaction.replace('123', String(index))).join(''),
    );
    expect((await inflated([gzipSync(text)])).equals(text)).toBe(true);
  });

  it('should take a megabyte of spaces, whose ratio says nothing yet, and not a byte more of them [W09]', async () => {
    const spaces = (bytes: number): Buffer => gzipSync(Buffer.alloc(bytes, ' '), { level: 9 });
    expect(await bytesUntilRefused(spaces(MIB))).toEqual({ bytes: MIB, code: null });
    expect((await bytesUntilRefused(spaces(MIB + 1))).code).toBe('webhook_too_large');
  });

  it('should stop at the limit, to the chunk [W09, WH-05]', async () => {
    const body = gzipSync(randomBytes(MIB).toString('base64'));
    expect((await bytesUntilRefused(body, 200_000)).code).toBe('webhook_too_large');
    expect((await bytesUntilRefused(body, 200_000)).bytes).toBeLessThanOrEqual(200_000);
    expect((await bytesUntilRefused(gzipSync('x'.repeat(1000)), 1000)).code).toBeNull();
    expect((await bytesUntilRefused(gzipSync('x'.repeat(1001)), 1000)).code).toBe('webhook_too_large');
  });

  const good = gzipSync('{"id": 1}');
  it.each<[string, Buffer]>([
    ['cut within its data', good.subarray(0, -12)],
    ['cut within its checksum', good.subarray(0, -3)],
    ['cut within its header', good.subarray(0, 7)],
    ['with another checksum', Buffer.concat([good.subarray(0, -8), Buffer.alloc(8)])],
    ['with a byte changed', Buffer.concat([good.subarray(0, 12), Buffer.from([0xff]), good.subarray(13)])],
    ['with garbage behind it', Buffer.concat([good, Buffer.from('garbage')])],
    ['with one byte behind it', Buffer.concat([good, Buffer.from([1])])],
    ['with zero bytes behind it', Buffer.concat([good, Buffer.alloc(4)])],
    ['with half of another behind it', Buffer.concat([good, good.subarray(0, 12)])],
    ['called gzip and deflated', deflateSync('{"id": 1}')],
    ['called gzip and plain', Buffer.from('{"id": 1}')],
    ['empty', Buffer.alloc(0)],
  ])('should refuse what is %s [W09]', async (_, body) => {
    expect((await bytesUntilRefused(body)).code).toBe('webhook_unreadable');
  });

  it('should unfold once: a gzip within a gzip stays one [W09]', async () => {
    const twice = gzipSync(good);
    expect((await inflated([twice])).equals(good)).toBe(true);
  });

  it('should take members one after the other, as RFC 1952 says', async () => {
    expect((await inflated([gzipSync('{"id":'), gzipSync(' 1}')])).toString()).toBe('{"id": 1}');
  });

  it('should leave nothing behind when its reader stops early', async () => {
    for await (const part of plainBytes({ chunks: [gzipSync(randomBytes(MIB))], encoding: 'gzip' }, LIMIT)) {
      expect(part.length).toBeGreaterThan(0);
      break;
    }
  });
});
