import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { encodingOf, rawBodyOf } from '../../webhooks/body/raw-body.js';
import { announcedBytes, takeCredentials } from './webhook-headers.js';

/** A request as Node's parser leaves it: `headers` are made of `rawHeaders` when first asked for. */
function requestWith(...rawHeaders: readonly string[]): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  request.rawHeaders.push(...rawHeaders);
  for (let index = 0; index < rawHeaders.length; index += 2) {
    request.headers[(rawHeaders[index] ?? '').toLowerCase()] ??= rawHeaders[index + 1];
  }
  return request;
}

describe(takeCredentials.name, () => {
  it('should take the authorization off the request wherever it stands [W04, WH-11]', () => {
    const request = requestWith(
      'Host',
      'a',
      'AUTHORIZATION',
      'Bearer s3cret-token',
      'X-B',
      '1',
      'authorization',
      'x s3cret',
    );
    const { authorization } = takeCredentials(request);

    expect(authorization?.useBearer((token) => token)).toBe('s3cret-token');
    expect(inspect(request, { depth: 10, showHidden: true })).not.toContain('s3cret');
    expect(JSON.stringify([request.headers, request.headersDistinct, request.rawHeaders])).not.toContain(
      's3cret',
    );
    expect(request.headers).toMatchObject({ host: 'a', 'x-b': '1' });
    expect(inspect(authorization, { showHidden: true })).not.toContain('s3cret');
  });

  it('should find nothing where nothing is', () => {
    const credentials = takeCredentials(requestWith('Host', 'a'));
    expect(credentials).toEqual({
      signature: { signature: undefined, date: undefined },
      authorization: null,
    });
  });

  it.each([
    '',
    'Bearer',
    'Bearer ',
    'Bearer  a',
    'Bearer a b',
    'Basic YTpi',
    'Bearera',
    `Bearer ${'a'.repeat(4097)}`,
  ])('should lend no token of %j', (header) => {
    const { authorization } = takeCredentials(requestWith('Authorization', header));
    expect(authorization?.useBearer(() => true) ?? null).toBeNull();
  });
});

describe(encodingOf.name, () => {
  it.each([
    ['gzip', 'gzip'],
    ['GZIP', 'gzip'],
    ['x-gzip', 'gzip'],
    [' gzip ', 'gzip'],
    ['identity', 'identity'],
    ['', 'identity'],
  ])('should take %j for %s', (header, encoding) => {
    expect(encodingOf(requestWith('Content-Encoding', header).headers)).toBe(encoding);
  });

  it('should take none for identity', () => {
    expect(encodingOf({})).toBe('identity');
  });

  it.each(['deflate', 'br', 'zstd', 'gzip, gzip', 'identity, gzip', 'gzip;q=1', 'compress', 'gzıp'])(
    'should refuse %s before a byte is read [W09]',
    (header) => {
      expect(() => encodingOf(requestWith('Content-Encoding', header).headers)).toThrow(
        expect.objectContaining({ code: 'webhook_encoding_refused' }) as Error,
      );
    },
  );
});

describe(rawBodyOf.name, () => {
  const body = gzipSync('{"id": 1}');
  const plain = Buffer.from('{"id": 1}');

  it.each<[string, Buffer[], 'gzip' | 'identity', 'gzip' | 'identity']>([
    ['gzip', [body], 'gzip', 'gzip'],
    ['gzip whose first byte comes alone', [body.subarray(0, 1), body.subarray(1)], 'gzip', 'gzip'],
    ['text that a proxy inflated already', [plain], 'gzip', 'identity'],
    ['gzip that nobody announced', [body], 'identity', 'identity'],
    ['one byte', [body.subarray(0, 1)], 'gzip', 'identity'],
    ['nothing', [], 'gzip', 'identity'],
  ])('should take %s for what it is', (_, chunks, announced, encoding) => {
    expect(rawBodyOf(chunks, announced)).toEqual({ chunks, encoding });
  });
});

describe(announcedBytes.name, () => {
  it('should tell what is announced, or nothing', () => {
    expect(announcedBytes(requestWith('Content-Length', '12'))).toBe(12);
    expect(announcedBytes(requestWith())).toBeNull();
  });
});
