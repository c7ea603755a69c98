import { createGzip, type Gzip } from 'node:zlib';
import type { RawBody } from './raw-body.js';

/** A body as it is kept. */
export interface StoredBody {
  readonly bytes: Buffer;
  readonly encoding: RawBody['encoding'];
}

/** Bytes up to which a body is kept as it came: compressing less saves nothing. */
const COMPRESSED_FROM = 16 * 1024;
/** The fastest: text with as many repetitions becomes a sixth of its size all the same. */
const LEVEL = 1;

/**
 * Makes what is kept of a body: compressed, unless it is small or came so. A first synchronisation of 20 MB becomes two
 * or three.
 */
export async function storedBodyOf(body: RawBody): Promise<StoredBody> {
  const size = body.chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  if (body.encoding === 'gzip' || size <= COMPRESSED_FROM) {
    return { bytes: Buffer.concat(body.chunks), encoding: body.encoding };
  }
  const gzip = createGzip({ level: LEVEL });
  const [bytes] = await Promise.all([collected(gzip), fed(gzip, body.chunks)]);
  return { bytes, encoding: 'gzip' };
}

async function collected(gzip: Gzip): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of gzip as AsyncIterable<Buffer>) {
    parts.push(part);
  }
  return Buffer.concat(parts);
}

async function fed(gzip: Gzip, chunks: readonly Buffer[]): Promise<void> {
  for (const chunk of chunks) {
    if (!gzip.write(chunk)) {
      await new Promise((resolve) => gzip.once('drain', resolve));
    }
  }
  gzip.end();
}
