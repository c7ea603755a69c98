import { once } from 'node:events';
import {
  Inject,
  mixin,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
  type Type,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { catchError, defer, EMPTY, from, type Observable } from 'rxjs';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import type { ReadRequest } from '../input/parse-faults.js';
import { noteProbe } from '../host/probe.js';
import { passedGuards, rawResponseOf, sendNothing, type HttpResponse } from './http-exchange.js';
import type { ConnectionsExceptionFilter } from './connections-exception.filter.js';
import { pinHeaders, type PinnedHeaders } from './pinned-headers.js';

/** How the routes of one controller answer. */
export interface AnswerRules {
  readonly filter: new (
    ...dependencies: ConstructorParameters<typeof ConnectionsExceptionFilter>
  ) => ConnectionsExceptionFilter;
  readonly headers: PinnedHeaders;
  /** Checks a request after the interceptors of the host, and before the handler. */
  readonly check?: (request: ReadRequest) => void;
}

/**
 * Makes the interceptor of a controller. It runs between the handlers and the interceptors of the host: an error is answered
 * before one of them can swallow or rewrite it, and the library's headers override theirs. The host may still wrap what a
 * handler returns.
 *
 * @internal
 */
export function answerInterceptor({ filter: Filter, headers, check }: AnswerRules): Type<NestInterceptor> {
  class AnswerInterceptor implements NestInterceptor {
    readonly #filter: ConnectionsExceptionFilter;

    constructor(
      @Inject(HttpAdapterHost) adapterHost: HttpAdapterHost,
      @Inject(RESOLVED_OPTIONS) options: ResolvedOptions,
    ) {
      this.#filter = new Filter(adapterHost, options);
    }

    intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
      const http = context.switchToHttp();
      if (noteProbe(http.getRequest<ReadRequest>(), { at: 'controller', controller: context.getClass() })) {
        sendNothing(http.getResponse<HttpResponse>());
        return EMPTY;
      }
      const response = rawResponseOf(http.getResponse<object>());
      passedGuards.add(response);
      pinHeaders(response, headers);
      return defer(() => {
        check?.(http.getRequest<ReadRequest>());
        return next.handle();
      }).pipe(
        catchError((error: unknown) => {
          this.#filter.catch(error, context);
          // Rethrown, so that metrics and tracers of the host see it. Only after the answer is sent: Fastify would accept another.
          return from(
            sent(response).then(() => {
              throw error;
            }),
          );
        }),
      );
    }
  }
  return mixin(AnswerInterceptor);
}

async function sent(response: ReturnType<typeof rawResponseOf>): Promise<void> {
  if (!response.writableFinished && !response.closed) {
    await Promise.race([once(response, 'finish'), once(response, 'close')]);
  }
}
