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

/** Tells how many bytes a body has. */
export function sizeOf({ chunks }: RawBody): number {
  return chunks.reduce((sum, chunk) => sum + chunk.length, 0);
}
