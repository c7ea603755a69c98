import type { IncomingHttpHeaders } from 'node:http';
import { WebhookError } from '../../errors/index.js';

/** First bytes of gzip data, regardless of the headers. */
const GZIP_MAGIC = [0x1f, 0x8b];

/**
 * A body as it came over the wire: the very bytes, since a signature is made of them.
 *
 * @see WH-01
 * @internal
 */
export interface RawBody {
  /** In order; not joined, since that would hold a large body twice. */
  readonly chunks: readonly Buffer[];
  readonly encoding: 'identity' | 'gzip';
}

/** Returns the size of a body in bytes. */
export function sizeOf({ chunks }: RawBody): number {
  return chunks.reduce((sum, chunk) => sum + chunk.length, 0);
}

/**
 * Reads how a body is compressed.
 *
 * @throws WebhookError `webhook_encoding_refused` for anything but gzip
 */
export function encodingOf(headers: IncomingHttpHeaders): RawBody['encoding'] {
  const encoding = (headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding === 'identity' || encoding === '') {
    return 'identity';
  }
  if (encoding !== 'gzip' && encoding !== 'x-gzip') {
    throw new WebhookError(
      'webhook_encoding_refused',
      'Only gzip is read, once. Send it plain or compressed with gzip.',
    );
  }
  return 'gzip';
}

/** A proxy or a hook of the host may have inflated what the header still calls compressed. */
export function rawBodyOf(chunks: readonly Buffer[], encoding: RawBody['encoding']): RawBody {
  const start = Buffer.concat(chunks.slice(0, 2), Math.min(2, sizeUpTo(chunks, 2)));
  const isGzip = start.length === 2 && GZIP_MAGIC.every((byte, index) => start[index] === byte);
  return { chunks, encoding: encoding === 'gzip' && isGzip ? 'gzip' : 'identity' };
}

function sizeUpTo(chunks: readonly Buffer[], count: number): number {
  return chunks.slice(0, count).reduce((sum, chunk) => sum + chunk.length, 0);
}
