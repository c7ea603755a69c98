import type { ServerResponse } from 'node:http';
import Negotiator from 'negotiator';
import type { ConnectionsRequest } from '../../options/owner-resolver.interface.js';

/** What is used of a response, on Express and on Fastify alike. */
export interface HttpResponse {
  header(name: string, value: string): unknown;
  status(status: number): unknown;
  send(body: string): unknown;
  /** Express only; Fastify's `header` appends `set-cookie` by itself. */
  append?(name: string, value: string): unknown;
}

const answered = new WeakSet<object>();

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

/** Adds a cookie beside those that somebody else may have set. */
export function addCookie(response: HttpResponse, cookie: string): void {
  if (response.append === undefined) {
    response.header('set-cookie', cookie);
  } else {
    response.append('set-cookie', cookie);
  }
}

/** Node's own response behind the one of an adapter. */
export function rawResponseOf(response: object): ServerResponse {
  return ('raw' in response ? response.raw : response) as ServerResponse;
}

/**
 * Claims the right to answer a request: once. An interceptor of the host that gives up, or that swallows an error, makes
 * Nest come back with another answer.
 *
 * @returns false when the request was answered already, by whomever
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
 * Sends the browser on, on the response itself: no value that an interceptor of the host could change says where to.
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

/** Sends a page, on the response itself as {@link seeOther}. */
export function sendPage(response: HttpResponse, page: string): void {
  if (claimAnswer(response)) {
    response.status(200);
    response.header('content-type', 'text/html; charset=utf-8');
    response.send(page);
  }
}
