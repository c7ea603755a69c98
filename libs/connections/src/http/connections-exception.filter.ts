import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ConnectionsError } from '../errors/index.js';
import { ValidationFailure } from './validation.pipe.js';
import { internalProblem, problemOf, problemOfStatus, type Problem } from './problem.js';

/**
 * Turns whatever a route threw into `application/problem+json`. Client mistakes keep their 4xx; what nobody expected
 * is logged, and answered without a word of it.
 *
 * @see RFC 9457
 * @internal
 */
@Catch()
export class ConnectionsExceptionFilter implements ExceptionFilter {
  protected readonly logger = new Logger('ConnectionsHttp');

  constructor(protected readonly adapterHost: HttpAdapterHost) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const problem = this.problemOf(error);
    const response: unknown = host.switchToHttp().getResponse();
    this.setHeader(response, 'cache-control', 'no-store');
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
      const problem = problemOf(error.code, error.message);
      if (problem.status >= 500) {
        this.logger.error(`${error.code}: ${error.message}`);
      }
      return problem;
    }
    if (error instanceof HttpException) {
      return problemOfStatus(error.getStatus(), error.message);
    }
    this.logger.error('A fault of ours', error instanceof Error ? error.stack : undefined);
    return internalProblem();
  }

  protected setHeader(response: unknown, name: string, value: string): void {
    this.adapterHost.httpAdapter.setHeader(response, name, value);
  }

  /** A string, not an object: both adapters would pick a content type of their own for an object. */
  protected reply(response: unknown, status: number, contentType: string, body: string): void {
    this.setHeader(response, 'content-type', contentType);
    this.adapterHost.httpAdapter.reply(response, body, status);
  }
}
