import type { Readable } from 'node:stream';
import { WebhookError, type ConnectionsError } from '../../errors/index.js';

/** The limits of a body. */
export interface BodyLimit {
  readonly maxBytes: number;
  /** Milliseconds from now within which the whole body must arrive. */
  readonly timeoutMs: number;
  /** Called for every chunk before it is kept; returns the error when the budget is used up. */
  readonly hold?: (bytes: number) => ConnectionsError | null;
  /** Aborts the reading with its reason: the budget is needed for another body. */
  readonly signal?: AbortSignal;
}

/**
 * Reads a body to its end, as raw bytes.
 *
 * @throws WebhookError `webhook_too_large` as soon as that is certain; `webhook_timeout`; `webhook_unreadable` when it was cut;
 * the error of `hold` or of the signal
 * @see WH-05
 */
export async function collectBody(stream: Readable, limit: BodyLimit): Promise<Buffer[]> {
  const { maxBytes, timeoutMs, hold, signal } = limit;
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    let isOver = false;
    const stop = (): void => {
      isOver = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      stream.off('data', onData);
    };
    const refuse = (refusal: Error): void => {
      // Nothing more is read: the rest is discarded with the connection.
      stop();
      stream.pause();
      chunks.length = 0;
      reject(refusal);
    };
    const onAbort = (): void => {
      refuse(signal?.reason as Error);
    };
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      const refusal = size > maxBytes ? tooLarge() : (hold?.(chunk.length) ?? null);
      if (refusal === null) {
        chunks.push(chunk);
      } else {
        refuse(refusal);
      }
    };
    // It stays: a stream may fail after its end, and closes after it.
    const onCut = (): void => {
      if (!isOver) {
        stop();
        reject(cut());
      }
    };
    const timer = setTimeout(() => {
      refuse(new WebhookError('webhook_timeout', 'The body did not arrive in time.'));
    }, timeoutMs);
    stream.on('data', onData);
    stream.once('end', () => {
      stop();
      resolve(chunks);
    });
    stream.once('error', onCut).once('close', onCut);
    signal?.addEventListener('abort', onAbort);
  });
}

/** The error of a body whose sender disconnected. */
export function cut(): WebhookError {
  return new WebhookError('webhook_unreadable', 'The body ended before it was complete.');
}

/** The error of a body that has more bytes than allowed. */
export function tooLarge(): WebhookError {
  return new WebhookError(
    'webhook_too_large',
    'The body has more bytes than are taken: option webhooks.maxBytes.',
  );
}
