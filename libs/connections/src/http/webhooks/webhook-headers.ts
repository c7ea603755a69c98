import type { IncomingMessage } from 'node:http';
import { credentialsOf, type WebhookCredentials } from '../../webhooks/authentication/received-webhook.js';

/**
 * Removes the credentials of the sender from a request. Afterwards no property of the request that a logger
 * could read holds them (WH-11).
 */
export function takeCredentials(request: IncomingMessage): WebhookCredentials {
  const { headers, rawHeaders } = request;
  const credentials = credentialsOf(headers);
  delete headers.authorization;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.toLowerCase() === 'authorization') {
      rawHeaders[index + 1] = '[redacted]';
    }
  }
  return credentials;
}

/** How many bytes a request announces, or null. */
export function announcedBytes(request: IncomingMessage): number | null {
  const length = request.headers['content-length'];
  return length === undefined ? null : Number(length);
}
