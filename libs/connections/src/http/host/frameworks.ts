import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';

// What is used of Express and Fastify: no type of theirs is imported, since a host has one of them.

export type RawRequest = IncomingMessage & { readonly rawBody?: unknown };

export type ExpressRequestLike = RawRequest & { readonly ip?: string };

export interface ExpressResponseLike extends ServerResponse {
  status(status: number): ExpressResponseLike;
  set(headers: Record<string, string>): ExpressResponseLike;
  send(body: string): unknown;
}

export type ExpressHandler = (
  request: ExpressRequestLike,
  response: ExpressResponseLike,
  next: () => void,
) => void;

/** Express knows it by its four parameters. */
export type ExpressErrorHandler = (
  error: unknown,
  request: ExpressRequestLike,
  response: ExpressResponseLike,
  next: (error: unknown) => void,
) => void;

interface ExpressLayer {
  readonly route?: { readonly path: unknown; readonly methods?: Readonly<Record<string, unknown>> };
  /** False, or what was matched. */
  match?(path: string): unknown;
}

export interface ExpressLike {
  readonly router?: { readonly stack?: readonly ExpressLayer[] };
  use(handler: ExpressHandler | ExpressErrorHandler): unknown;
}

export interface FastifyRequestLike {
  readonly raw: RawRequest;
  readonly ip: string;
  readonly body: unknown;
}

export interface FastifyReplyLike {
  readonly raw: ServerResponse;
  readonly sent: boolean;
  code(status: number): FastifyReplyLike;
  headers(headers: Record<string, string>): FastifyReplyLike;
  send(body: string): FastifyReplyLike;
}

export interface FastifyRouteLike {
  readonly method: string | readonly string[];
  readonly url: string;
  errorHandler?: (error: unknown, request: FastifyRequestLike, reply: FastifyReplyLike) => void;
}

export interface FastifyLike {
  readonly server: Server;
  readonly routing: RequestListener;
  addHook(name: 'onReady', hook: () => Promise<void>): unknown;
  addHook(name: 'onRoute', hook: (route: FastifyRouteLike) => void): unknown;
  addHook(
    name: 'onRequest',
    hook: (request: FastifyRequestLike, reply: FastifyReplyLike, done: () => void) => void,
  ): unknown;
  addHook(
    name: 'preParsing',
    hook: (
      request: FastifyRequestLike,
      reply: FastifyReplyLike,
      payload: Readable,
    ) => Promise<Readable | undefined>,
  ): unknown;
}
