import type { Readable } from 'node:stream';

/**
 * A file at Powens, read while it arrives.
 *
 * @public
 */
export interface PowensFile {
  /**
   * Its bytes. Fails with `PowensApiError`: `powens_timeout` when Powens cuts the connection or no byte moves for
   * `powens.totalTimeoutMs`, because Powens sends none or the host reads none; `powens_response_invalid` above 100 MiB. Read it to its end or
   * destroy it: until then it occupies a connection.
   */
  readonly stream: Readable;
  /** Media type, as `application/pdf`. */
  readonly contentType: string | null;
  /** Bytes, where Powens says so before it sends them. */
  readonly length: number | null;
  /** Name for a person, without a path: at most 255 characters. */
  readonly name: string | null;
}

/**
 * How a file is read.
 *
 * @public
 */
export interface FileOptions {
  /** Ends the request, and the stream with an `AbortError`. */
  readonly signal?: AbortSignal;
}

/**
 * A file that is attached to a transaction, as a receipt.
 *
 * @see https://docs.powens.com/api-reference/products/data-aggregation/transactions-attachments
 * @public
 */
export interface PowensAttachment {
  readonly id: string;
  readonly name: string | null;
  readonly description: string | null;
  /** Media type, as `application/pdf`. */
  readonly contentType: string | null;
  /** Bytes. */
  readonly length: number | null;
  readonly lastUpdatedAt: Date | null;
  /** The whole object as Powens sent it, the `url` of the file included; numbers are exact. */
  readonly raw: Readonly<Record<string, unknown>>;
}
