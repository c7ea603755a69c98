import type { IncomingHttpHeaders } from 'node:http';
import { ConnectionsError } from '../../errors/index.js';
import { problemOf, problemOfStatus, type Problem } from '../problem/problem.js';

/** The part of a parser's error that is used. */
interface ParserError {
  readonly status?: number;
  readonly statusCode?: number;
  readonly type?: unknown;
  readonly code?: unknown;
}

const DETAILS: Readonly<Record<number, string>> = {
  413: 'The body is larger than is taken.',
  415: 'The body must be JSON in UTF-8.',
};

/** The answer to a request whose path no router can parse. */
export function unreadablePath(): Problem {
  return problemOf(
    'invalid_request',
    'The path holds an invalid escape sequence, or a part that is longer than any id.',
  );
}

/** The part of a request that is used, on Express and on Fastify alike. */
export interface ReadRequest {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly body?: unknown;
}

/** Whether a request announces a body. */
export function announcesBody({ headers }: Pick<ReadRequest, 'headers'>): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/**
 * Refuses a request with a body that no parser accepted: it has another type, or was read before.
 *
 * @throws ConnectionsError `invalid_request`
 */
export function assertBodyRead(request: ReadRequest): void {
  if (request.method === 'POST' && request.body === undefined && announcesBody(request)) {
    throw new ConnectionsError('invalid_request', 'The body was not read. It must be JSON, and say so.');
  }
}

/** The answer to a request whose body was read, and not kept. */
export function usedBody(): Problem {
  return problemOf('invalid_request', 'The body was read before it got here.');
}

/**
 * Creates the answer to an error of a body parser. It repeats nothing of the error: parsers quote what they
 * could not read, and that may be a secret.
 */
export function problemOfParsing(error: unknown): Problem {
  const status = statusOf(error);
  const detail = DETAILS[status];
  return detail === undefined
    ? problemOf('invalid_request', 'The body is not JSON that can be read.')
    : problemOfStatus(status, detail);
}

/**
 * Whether an error that Express passes on is of its parsers, by the `type` that `body-parser` and `raw-body` give theirs, or of
 * the decompression. The host answers what its own `verify` refused.
 */
export function isOfExpressParser(error: unknown): boolean {
  const type = textOf((error as ParserError | null)?.type);
  const code = textOf((error as ParserError | null)?.code);
  const isOfParser = /^(?:entity|encoding|charset|request|stream|parameters|querystring)\./.test(type);
  return (
    (isOfParser && type !== 'entity.verify.failed') || (code.startsWith('Z_') && statusOf(error) === 400)
  );
}

/** Whether an error during Fastify's parsing is a client error, not a fault of the host's parser. */
export function isOfClient(error: unknown): boolean {
  const status = statusOf(error);
  return error instanceof SyntaxError || (status >= 400 && status < 500);
}

function statusOf(error: unknown): number {
  const { status, statusCode = status } = (error ?? {}) as ParserError;
  return statusCode ?? 500;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
