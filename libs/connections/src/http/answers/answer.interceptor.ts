import { once } from 'node:events';
import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { catchError, defer, from, type Observable } from 'rxjs';
import { assertBodyRead, type ReadRequest } from '../input/parse-faults.js';
import { CallbackExceptionFilter } from './callback-exception.filter.js';
import { CALLBACK_HEADERS } from './callback.headers.js';
import { rawResponseOf } from './http-exchange.js';
import { ConnectionsExceptionFilter } from './connections-exception.filter.js';
import { pinHeaders, type PinnedHeaders } from './pinned-headers.js';

/** An answer belongs to one owner: no cache may keep it. */
const OWNED: PinnedHeaders = { 'cache-control': 'no-store', vary: 'Cookie, Authorization' };

/**
 * Runs between the handlers and the interceptors of the host: an error is answered before one of them can swallow or
 * rewrite it, and the library's headers override theirs. The host may still wrap what a handler returns.
 */
abstract class AnswerInterceptor implements NestInterceptor {
  protected constructor(
    private readonly filter: ConnectionsExceptionFilter,
    private readonly pinned: PinnedHeaders,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const response = rawResponseOf(context.switchToHttp().getResponse<object>());
    pinHeaders(response, this.pinned);
    return next.handle().pipe(
      catchError((error: unknown) => {
        this.filter.catch(error, context);
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

/**
 * For the routes of an owner.
 *
 * @internal
 */
@Injectable()
export class OwnerAnswerInterceptor extends AnswerInterceptor {
  constructor(adapterHost: HttpAdapterHost) {
    super(new ConnectionsExceptionFilter(adapterHost), OWNED);
  }

  /** A body that no parser took would be an absent one for the handler: everything by default. */
  override intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<ReadRequest>();
    const handle = (): Observable<unknown> =>
      defer(() => {
        assertBodyRead(request);
        return next.handle();
      });
    return super.intercept(context, { handle });
  }
}

/**
 * For the callback.
 *
 * @internal
 */
@Injectable()
export class CallbackAnswerInterceptor extends AnswerInterceptor {
  constructor(adapterHost: HttpAdapterHost) {
    super(new CallbackExceptionFilter(adapterHost), Object.fromEntries(CALLBACK_HEADERS));
  }
}

/**
 * For webhooks.
 *
 * @internal
 */
@Injectable()
export class WebhookAnswerInterceptor extends AnswerInterceptor {
  constructor(adapterHost: HttpAdapterHost) {
    super(new ConnectionsExceptionFilter(adapterHost), { 'cache-control': 'no-store' });
  }
}

async function sent(response: ReturnType<typeof rawResponseOf>): Promise<void> {
  if (!response.writableFinished && !response.closed) {
    await Promise.race([once(response, 'finish'), once(response, 'close')]);
  }
}
