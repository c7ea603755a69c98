import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { Incoming } from './adapter-hooks.js';
import { ConnectionsError } from '../../errors/index.js';
import type { RawBody } from '../../webhooks/body/raw-body.js';
import type { SenderProof, WebhookCredentials } from '../../webhooks/authentication/received-webhook.js';

/** Whether a request asks for a token, by its path. */
export function isForToken(request: IncomingMessage): boolean {
  return /\/webhooks\/token\/?$/.test(pathOf(request));
}

/** A path as routers may see it: some decode it, some ignore case, and a proxy may send a whole URL. */
export function pathOf({ url = '' }: IncomingMessage): string {
  const [path = ''] = url.replace(/^https?:\/\/[^/?#]*/i, '').split(/[?#]/);
  try {
    return decodeURIComponent(path).toLowerCase();
  } catch {
    return path.toLowerCase();
  }
}

/** Whether the bytes of a request are still there to be read. */
export function isUnread(body: Readable): boolean {
  return !body.readableEnded && !body.destroyed;
}

/** One sender of IPv6 has a whole network of addresses. */
export function sourceOf({ ip, request }: Incoming): string {
  const address = ip ?? request.socket.remoteAddress ?? '';
  return address.includes('.') ? address : address.split(':').slice(0, 4).join(':');
}

/** The error of a request whose bytes were not captured. */
export function unread(): ConnectionsError {
  return new ConnectionsError('internal_error', 'The raw body of the webhook is not there.');
}

/** The part of a request that is kept until its controller runs. */
export interface CapturedRequest {
  readonly credentials: WebhookCredentials;
  /** What its headers prove; null for a token request. */
  readonly proof: SenderProof | null;
  readonly body: RawBody;
  /** Path that its signature must name, without the last segment. */
  readonly signedBelow: string;
  /** Address of the sender. */
  readonly source: string;
}
