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
