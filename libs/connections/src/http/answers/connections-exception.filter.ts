import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  Catch,
  HttpException,
  Inject,
  Optional,
  type ArgumentsHost,
  type ExceptionFilter,
  type Logger,
} from '@nestjs/common';
import { ApplicationConfig, HttpAdapterHost } from '@nestjs/core';
import { DEFAULT_INSTANCE, RESOLVED_OPTIONS } from '../../connections.constants.js';
import { ConnectionsError } from '../../errors/index.js';
import { loggerOf } from '../../options/registration/logger-of.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { ValidationFailure } from '../input/request-input.js';
import { GuardRefusals, isOfGuard, type OpenRoutes } from '../host/guard-refusals.js';
import { noteProbe } from '../host/probe.js';
import { answerOutsideHttp, isHttp } from './outside-http.js';
import { claimAnswer, claimBegun, passedGuards, rawResponseOf } from './http-exchange.js';
import {
  internalProblem,
  newInstance,
  problemOf,
  problemOfError,
  problemOfStatus,
  type Problem,
} from '../problem/problem.js';

/**
 * Turns every error of a route into `application/problem+json`. Client mistakes keep their 4xx; an unexpected error
 * is logged, and its text is not answered. On the routes of the library, and with `@UseFilters()` on those of the application.
 * Where no HTTP request is answered (a microservice, a WebSocket gateway, GraphQL), Nest answers as without this filter.
 *
 * @see RFC 9457
 * @public
 */
@Catch()
export class ConnectionsExceptionFilter implements ExceptionFilter {
  protected readonly logger: Logger;

  /** Set where no guard of the host should refuse. */
  protected readonly open: OpenRoutes | null = null;
  #refusals: GuardRefusals | null = null;

  constructor(
    @Inject(HttpAdapterHost) protected readonly adapterHost: HttpAdapterHost,
    /** Absent on the routes of the application. */
    @Optional() @Inject(RESOLVED_OPTIONS) protected readonly options?: ResolvedOptions,
    @Optional() @Inject(ApplicationConfig) private readonly application?: ApplicationConfig,
  ) {
    this.logger = loggerOf('ConnectionsHttp', options ?? { instance: DEFAULT_INSTANCE });
  }

  catch(error: unknown, host: ArgumentsHost): void {
    if (!isHttp(host)) {
      answerOutsideHttp(error, host, this.logger);
      return;
    }
    this.noteGuard(error, host);
    const response = host.switchToHttp().getResponse<object>();
    // The second call is for an error that was rethrown for the host's interceptors, or that one of them threw.
    if (claimAnswer(response)) {
      this.answer(error, host);
    } else if (claimBegun(response)) {
      this.breakOff(error, rawResponseOf(response));
    }
  }

  /** Half an answer must neither look whole to its reader nor keep it waiting. */
  private breakOff(error: unknown, response: ServerResponse): void {
    this.problemOf(error);
    if (!response.writableEnded) {
      response.destroy();
    }
  }

  private noteGuard(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    if (!isOfGuard(error, passedGuards.has(rawResponseOf(http.getResponse<object>())))) {
      return;
    }
    noteProbe(http.getRequest<IncomingMessage>(), { at: 'guard' });
    if (this.open !== null) {
      this.#refusals ??= new GuardRefusals(this.logger, this.open, this.application);
      this.#refusals.log(error, http.getRequest());
    }
  }

  protected answer(error: unknown, host: ArgumentsHost): void {
    const problem = this.problemOf(error);
    const response: unknown = host.switchToHttp().getResponse();
    this.setHeader(response, 'cache-control', 'no-store');
    if (problem.status === 405) {
      this.setHeader(response, 'allow', 'GET');
    }
    if (error instanceof ConnectionsError && error.retryAfterSeconds !== undefined) {
      this.setHeader(response, 'retry-after', String(error.retryAfterSeconds));
    }
    this.reply(response, problem.status, 'application/problem+json; charset=utf-8', JSON.stringify(problem));
  }

  protected problemOf(error: unknown): Problem {
    if (error instanceof ValidationFailure) {
      return { ...problemOf(error.code, error.message), errors: error.errors };
    }
    if (error instanceof ConnectionsError) {
      const { problem, log } = problemOfError(error);
      if (log !== null) {
        this.logger[problem.status >= 500 ? 'error' : 'log'](log);
      }
      return problem;
    }
    if (error instanceof HttpException && error.getStatus() < 500) {
      return problemOfStatus(error.getStatus(), error.message);
    }
    return this.unexpected(error);
  }

  private unexpected(error: unknown): Problem {
    const instance = newInstance();
    const stack = error instanceof Error ? error.stack : undefined;
    this.logger.error(`A request failed without an error of this library (${instance})`, stack);
    const problem =
      error instanceof HttpException ? problemOfStatus(error.getStatus(), '') : internalProblem();
    return { ...problem, instance };
  }

  protected setHeader(response: unknown, name: string, value: string): void {
    this.adapterHost.httpAdapter.setHeader(response, name, value);
  }

  /** A string, not an object: both adapters would set their own content type for an object. */
  protected reply(response: unknown, status: number, contentType: string, body: string): void {
    this.setHeader(response, 'content-type', contentType);
    this.adapterHost.httpAdapter.reply(response, body, status);
  }
}

/**
 * As {@link ConnectionsExceptionFilter}, for webhooks.
 *
 * @internal
 */
@Catch()
export class WebhookExceptionFilter extends ConnectionsExceptionFilter {
  protected override readonly open = 'webhooks';
}
