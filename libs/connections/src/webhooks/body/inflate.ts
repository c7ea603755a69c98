import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { WebhookError } from '../../errors/index.js';
import { sizeOf, type RawBody } from './raw-body.js';

/** A bomb unfolds a thousandfold; text with much repetition in it twenty- or thirtyfold. */
const MAX_RATIO = 100;
/** Below, the ratio says nothing: a few bytes of header and a run of spaces. */
const RATIO_COUNTS_FROM = 1024 * 1024;

/**
 * Gives the bytes of a body, inflated where it was compressed, chunk by chunk: however large it gets, no more of it is
 * held than one chunk.
 *
 * @param maxBytes - bytes that it may have once inflated
 * @throws WebhookError `webhook_too_large` or `webhook_unreadable`
 * @see WH-05
 */
export async function* plainBytes(body: RawBody, maxBytes: number): AsyncGenerator<Buffer> {
  if (body.encoding === 'identity') {
    yield* body.chunks;
    return;
  }
  const size = sizeOf(body);
  const gunzip = createGunzip();
  const source = Readable.from(body.chunks);
  source.pipe(gunzip);
  let inflated = 0;
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      inflated += chunk.length;
      assertWithin(inflated, gunzip.bytesWritten, maxBytes);
      yield chunk;
    }
    if (gunzip.bytesWritten !== size) {
      // Bytes after the end of the stream: a signature over the inflated body does not cover them.
      throw unreadable();
    }
  } catch (error) {
    throw error instanceof WebhookError ? error : unreadable();
  } finally {
    source.destroy();
    gunzip.destroy();
  }
}

function unreadable(): WebhookError {
  return new WebhookError('webhook_unreadable', 'The body is not what its content-encoding says.');
}

function assertWithin(inflated: number, deflated: number, maxBytes: number): void {
  const bomb = inflated > RATIO_COUNTS_FROM && inflated > deflated * MAX_RATIO;
  if (inflated > maxBytes || bomb) {
    throw new WebhookError('webhook_too_large', 'The body unfolds to more than is taken.');
  }
}
