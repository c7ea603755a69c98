import type { Readable } from 'node:stream';
import { WebhookError, type ConnectionsError } from '../../errors/index.js';

/** How many bytes a body may have, and who is told of each of them. */
export interface BodyLimit {
  readonly maxBytes: number;
  /** Called for every chunk that is about to be held; tells why when there is no room for it. */
  readonly hold: (bytes: number) => ConnectionsError | null;
}

/**
 * Reads a body to its end, as raw bytes.
 *
 * @throws WebhookError `webhook_too_large` as soon as that is certain; `webhook_unreadable` when it was cut; what `hold` tells
 * @see WH-05
 */
export async function collectBody(stream: Readable, { maxBytes, hold }: BodyLimit): Promise<Buffer[]> {
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      const refusal = size > maxBytes ? tooLarge() : hold(chunk.length);
      if (refusal === null) {
        chunks.push(chunk);
        return;
      }
      // Nothing more is read: what is left is thrown away with the connection.
      stream.off('data', onData).pause();
      chunks.length = 0;
      reject(refusal);
    };
    stream.on('data', onData);
    stream.once('end', () => {
      resolve(chunks);
    });
    const onCut = (): void => {
      reject(cut());
    };
    stream.once('error', onCut).once('close', onCut);
  });
}

/** The error of a body whose sender went away. */
export function cut(): WebhookError {
  return new WebhookError('webhook_unreadable', 'The body ended before it was complete.');
}

/** The error of a body that has more bytes than are taken. */
export function tooLarge(): WebhookError {
  return new WebhookError(
    'webhook_too_large',
    'The body has more bytes than are taken: option webhooks.maxBytes.',
  );
}
