import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { Inject, Injectable, type OnModuleInit, type Type } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { OWN_CONTROLLERS, STATIC_EXTRAS } from '../connections.constants.js';
import type { ConnectionsModuleExtras } from '../options/connections-module-extras.interface.js';
import { PublicRoutes } from '../options/resolve/public-routes.js';
import type {
  ExpressErrorHandler,
  ExpressLike,
  FastifyLike,
  FastifyReplyLike,
  RawRequest,
} from './host/frameworks.js';
import { adapterOfType, whenAdapted } from './host/host-adapter.js';
import type { Problem } from './problem/problem.js';
import { WebhookIntake } from './webhooks/webhook-intake.service.js';
import { OwnRouteMatcher, ownRoutesOf, pathOfUrl, type OwnRoute } from './input/own-routes.js';
import {
  announcesBody,
  isOfClient,
  isOfExpressParser,
  problemOfParsing,
  unreadablePath,
  usedBody,
} from './input/parse-faults.js';

/** Characters of one part of a path: Fastify's default, and more than any id. */
const MAX_SEGMENT = 100;
/** Replaces a part of a path that no router accepts. The request is refused before its route runs. */
const PLACEHOLDER = '-';

/**
 * Answers requests for routes of the library that Express or Fastify cannot read, so that they never get to a handler:
 * bodies that are no JSON, paths with a broken escape or a part that is too long, streams that were already read. No other route
 * is affected.
 *
 * @internal
 */
@Injectable()
export class UnreadableRequests implements OnModuleInit {
  readonly #own: readonly OwnRoute[];
  /** Made at the first request: the prefix of the host may not be set before. */
  #matcher: OwnRouteMatcher | undefined;
  readonly #unroutable = new WeakSet<IncomingMessage>();
  readonly #parsing = new WeakSet<IncomingMessage>();

  constructor(
    @Inject(OWN_CONTROLLERS) controllers: readonly Type[],
    @Inject(STATIC_EXTRAS) private readonly extras: ConnectionsModuleExtras,
    private readonly routes: PublicRoutes,
    private readonly host: HttpAdapterHost,
    // The hooks of the intake run first: webhooks are not handled here.
    _intake: WebhookIntake,
  ) {
    this.#own = ownRoutesOf(controllers);
    whenAdapted(host, () => {
      const adapter = adapterOfType(host, 'fastify');
      if (adapter !== null) {
        this.installInFastify(adapter.getInstance<FastifyLike>());
      }
    });
  }

  /** After the parsers and routes, and before the error handler that Nest installs last. */
  onModuleInit(): void {
    const answer: ExpressErrorHandler = (error, request, response, next) => {
      const problem = this.isOwn(request) && !response.headersSent ? expressProblemOf(error) : null;
      if (problem === null) {
        next(error);
      } else {
        response.status(problem.status).set(headersOf()).send(JSON.stringify(problem));
      }
    };
    adapterOfType(this.host, 'express')?.getInstance<ExpressLike>().use(answer);
  }

  private installInFastify(app: FastifyLike): void {
    // The router answers unknown routes by itself, without any hook.
    app.server.prependListener('request', (request: IncomingMessage) => {
      const routable = routableUrl(request.url ?? '');
      if (routable !== request.url && this.isOwn(request)) {
        this.#unroutable.add(request);
        request.url = routable;
      }
    });
    app.addHook('onRequest', ({ raw }, reply, done) => {
      if (this.#unroutable.has(raw)) {
        refuse(reply, unreadablePath());
      } else {
        done();
      }
    });
    app.addHook('preParsing', async ({ raw }, reply, payload) => this.beforeParsing(raw, reply, payload));
    app.addHook('onRoute', (route) => {
      if (this.isOwnPattern(route.url)) {
        route.errorHandler ??= (error, request, reply) => {
          if (!this.#parsing.has(request.raw) || request.body !== undefined || !isOfClient(error)) {
            throw error;
          }
          refuse(reply, problemOfParsing(error));
        };
      }
    });
  }

  /** A platform that read the body left its bytes beside the request, or nothing is left to wait for. */
  private async beforeParsing(
    request: RawRequest,
    reply: FastifyReplyLike,
    payload: Readable,
  ): Promise<Readable | undefined> {
    if (reply.sent || !this.isOwn(request)) {
      return undefined;
    }
    this.#parsing.add(request);
    if (!announcesBody(request) || !(payload.readableEnded || payload.destroyed)) {
      return undefined;
    }
    const { rawBody } = request;
    if (Buffer.isBuffer(rawBody)) {
      return Readable.from([rawBody]);
    }
    refuse(reply, usedBody());
    return undefined;
  }

  private isOwn(request: IncomingMessage): boolean {
    this.#matcher ??= new OwnRouteMatcher(this.#own, this.routes.localPaths);
    return this.#matcher.matches(request);
  }

  /** By its end: the prefix of the host may not be set yet, and is read when a request arrives. */
  private isOwnPattern(url: string): boolean {
    const { routes } = this.extras;
    const path = (routes === false ? undefined : routes?.path) ?? 'connections';
    return this.#own.some(({ pattern }) =>
      url.endsWith(`/${path}/${pattern}`.replace(/\/{2,}/g, '/').replace(/\/$/, '')),
    );
  }
}

function expressProblemOf(error: unknown): Problem | null {
  if (error instanceof URIError) {
    return unreadablePath();
  }
  return isOfExpressParser(error) ? problemOfParsing(error) : null;
}

/** A URL that every router can match: the parts it cannot parse are replaced. */
function routableUrl(url: string): string {
  const path = pathOfUrl(url);
  if (path.length <= MAX_SEGMENT && !path.includes('%')) {
    return url;
  }
  const routable = path
    .split('/')
    .map((segment) => (isRoutable(segment) ? segment : PLACEHOLDER))
    .join('/');
  return url.replace(path, () => routable);
}

function isRoutable(segment: string): boolean {
  try {
    return decodeURIComponent(segment).length <= MAX_SEGMENT;
  } catch {
    return false;
  }
}

function headersOf(): Record<string, string> {
  return { 'content-type': 'application/problem+json; charset=utf-8', 'cache-control': 'no-store' };
}

function refuse(reply: FastifyReplyLike, problem: Problem): void {
  reply.code(problem.status).headers(headersOf()).send(JSON.stringify(problem));
}
