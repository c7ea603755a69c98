import type { ConnectionsRequest } from '../options/owner-resolver.interface.js';

/** What is used of a response, on Express and on Fastify alike. */
export interface HttpResponse {
  header(name: string, value: string): unknown;
  /** Express only; Fastify's `header` appends `set-cookie` by itself. */
  append?(name: string, value: string): unknown;
}

/** The query of a request as received, without the `?`. */
export function rawQueryOf(request: ConnectionsRequest): string {
  const mark = request.url.indexOf('?');
  return mark < 0 ? '' : request.url.slice(mark + 1);
}

/** Adds a cookie beside those that somebody else may have set. */
export function addCookie(response: HttpResponse, cookie: string): void {
  if (response.append === undefined) {
    response.header('set-cookie', cookie);
  } else {
    response.append('set-cookie', cookie);
  }
}
