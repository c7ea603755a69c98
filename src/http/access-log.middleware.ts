import type { IncomingMessage, ServerResponse } from 'node:http';
import { Logger } from '@nestjs/common';

const logger = new Logger('Http');

/** Paths that machines request all the time, or a page by the dozen: noise in the log. */
const QUIET = /^\/(health|docs|assets|events|favicon\.ico)(\/|$)/;

const MAX_PATH = 200;

/**
 * Logs one line per answer: method, path, status, milliseconds. Never the query: the callback's holds a code and a
 * state.
 */
export function accessLog(request: IncomingMessage, response: ServerResponse, next: () => void): void {
  const path = pathOf(request);
  if (!QUIET.test(path)) {
    const start = performance.now();
    response.once('finish', () => {
      const took = Math.round(performance.now() - start);
      logger.log(`${request.method ?? '?'} ${path} ${response.statusCode} ${took} ms`);
    });
  }
  next();
}

/** The path of a request without its query. */
export function pathOf(request: IncomingMessage & { originalUrl?: string }): string {
  // Middleware of a path sees `url` without it; `originalUrl` is the requested path.
  const [path = '/'] = (request.originalUrl ?? request.url ?? '/').split(/[?#]/, 1);
  return path.slice(0, MAX_PATH);
}
