import type { ServerResponse } from 'node:http';
import Negotiator from 'negotiator';
import type { ConnectionsRequest } from '../../options/owner-resolver.interface.js';
import { pinHeaders, type PinnedHeaders } from './pinned-headers.js';

/** The part of a response that is used, on Express and on Fastify alike. */
export interface HttpResponse {
  header(name: string, value: string): unknown;
  status(status: number): unknown;
  send(body: string): unknown;
  /** Express only; Fastify's `header` appends `set-cookie` by itself. */
  append?(name: string, value: string): unknown;
}

/** Headers of every page, and of every answer of the callback, whose address holds a code and a state. */
export const PAGE_HEADERS = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
} as const;

/** Headers of the page of a share link. Its form must name its origin, which browsers leave out with `no-referrer`. */
export const LINK_PAGE_HEADERS = { ...PAGE_HEADERS, 'referrer-policy': 'same-origin' } as const;

const answered = new WeakSet<object>();

/** Node's own responses to requests that the guards of the host let through. */
export const passedGuards = new WeakSet<object>();

/** The query of a request as received, without the `?`. */
export function rawQueryOf(request: ConnectionsRequest): string {
  const mark = request.url.indexOf('?');
  return mark < 0 ? '' : request.url.slice(mark + 1);
}

/** Whether a person reads the answer in a browser. */
export function prefersHtml(request: ConnectionsRequest): boolean {
  return (
    new Negotiator(request).mediaType(['application/problem+json', 'application/json', 'text/html']) ===
    'text/html'
  );
}

/** Adds a cookie, and keeps the cookies that are already set. */
export function addCookie(response: HttpResponse, cookie: string): void {
  if (response.append === undefined) {
    response.header('set-cookie', cookie);
  } else {
    response.append('set-cookie', cookie);
  }
}

/** Node's own response behind the adapter's response. */
export function rawResponseOf(response: object): ServerResponse {
  return ('raw' in response ? response.raw : response) as ServerResponse;
}

/**
 * Claims the right to answer a request: once. An interceptor of the host that times out, or that swallows an error, makes
 * Nest send another answer.
 *
 * @returns false when the request was already answered
 */
export function claimAnswer(response: object): boolean {
  const raw = rawResponseOf(response);
  if (raw.headersSent || answered.has(raw)) {
    return false;
  }
  answered.add(raw);
  return true;
}

/**
 * Claims an answer that the application began by itself, before its route failed.
 *
 * @returns false when nothing was sent, or the library answered
 */
export function claimBegun(response: object): boolean {
  const raw = rawResponseOf(response);
  if (!raw.headersSent || answered.has(raw)) {
    return false;
  }
  answered.add(raw);
  return true;
}

/**
 * Redirects the browser, on the response itself, so that no interceptor of the host can change the target.
 *
 * @param url - absolute, or a path of this application; ASCII
 */
export function seeOther(response: HttpResponse, url: string): void {
  if (claimAnswer(response)) {
    response.status(303);
    response.header('location', url);
    response.send('');
  }
}

/**
 * Sends a page, on the response itself as {@link seeOther}.
 *
 * @param headers - by default those of a page that no site may frame and no cache may keep
 */
export function sendPage(response: HttpResponse, page: string, headers: PinnedHeaders = PAGE_HEADERS): void {
  if (claimAnswer(response)) {
    pinHeaders(rawResponseOf(response), headers);
    response.status(200);
    response.header('content-type', 'text/html; charset=utf-8');
    response.send(page);
  }
}

/** Sends a JSON document, on the response itself as {@link seeOther}. */
export function sendJson(response: HttpResponse, body: object, status = 200): void {
  if (claimAnswer(response)) {
    response.status(status);
    response.header('content-type', 'application/json; charset=utf-8');
    response.send(JSON.stringify(body));
  }
}

/** Sends an answer without a body, also in place of the handler for a request of the boot probe. */
export function sendNothing(response: HttpResponse): void {
  if (claimAnswer(response)) {
    response.status(204);
    response.send('');
  }
}
