import type { IncomingMessage } from 'node:http';
import { WebhookError } from '../../errors/index.js';
import type { RawBody } from '../../webhooks/body/raw-body.js';
import {
  WebhookAuthorization,
  type WebhookCredentials,
} from '../../webhooks/authentication/received-webhook.js';

/** First bytes of gzip data, regardless of the headers. */
const GZIP_MAGIC = [0x1f, 0x8b];

/**
 * Removes the credentials of the sender from a request. Afterwards no property of the request that a logger
 * could read holds them (WH-11).
 */
export function takeCredentials(request: IncomingMessage): WebhookCredentials {
  const { headers, rawHeaders } = request;
  const { authorization } = headers;
  delete headers.authorization;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.toLowerCase() === 'authorization') {
      rawHeaders[index + 1] = '[redacted]';
    }
  }
  return {
    signature: { signature: headers['bi-signature'], date: headers['bi-signature-date'] },
    authorization: authorization === undefined ? null : WebhookAuthorization.of(authorization),
  };
}

/**
 * Reads how a body is compressed.
 *
 * @throws WebhookError `webhook_encoding_refused` for anything but gzip
 */
export function encodingOf(request: IncomingMessage): RawBody['encoding'] {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
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

/** How many bytes a request announces, or null. */
export function announcedBytes(request: IncomingMessage): number | null {
  const length = request.headers['content-length'];
  return length === undefined ? null : Number(length);
}
