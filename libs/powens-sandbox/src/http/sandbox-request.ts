import type { IncomingMessage, ServerResponse } from 'node:http';

/** The little of a Fastify request that the sandbox reads: keeps `fastify` itself out of our imports. */
export interface SandboxRequest {
  readonly method: string;
  /** As sent, before the `/2.0` prefix was taken off. */
  readonly originalUrl: string;
  /** What links in answers begin with: the origin that was asked, or nothing where links are paths only. */
  linkRoot?: string;
  readonly headers: IncomingMessage['headers'];
  readonly query: unknown;
  readonly body: unknown;
  /** True when no route fits, or none with this method. */
  readonly is404?: boolean;
  readonly raw: IncomingMessage;
}

/** The little of a Fastify reply that the sandbox uses. */
export interface SandboxReply {
  readonly raw: ServerResponse;
  readonly statusCode: number;
  readonly sent: boolean;
  code(status: number): SandboxReply;
  header(name: string, value: string | number): SandboxReply;
  getHeader(name: string): unknown;
  send(payload?: unknown): SandboxReply;
  hijack(): SandboxReply;
}

/** The path of a URL as sent, without its query. */
export function pathOf(url: string): string {
  const end = url.indexOf('?');
  return end === -1 ? url : url.slice(0, end);
}

/** Takes the version prefix and a trailing slash off: the provider answers with and without both. */
export function withoutVersion(url: string): string {
  if (url.startsWith('/2.0') && (url.length === 4 || url[4] === '/' || url[4] === '?')) {
    const rest = url.slice(4);
    return rest.startsWith('/') ? rest : `/${rest}`;
  }
  return url;
}
