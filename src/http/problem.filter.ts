import {
  Catch,
  HttpException,
  Logger,
  NotFoundException,
  type ArgumentsHost,
  type ExceptionFilter,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { problemOf, ProblemException, type HostProblem } from './problem.js';

/** Turns every error of a host route into problem+json. The library's routes have a filter of their own. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  constructor(private readonly adapterHost: HttpAdapterHost) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const response: unknown = host.switchToHttp().getResponse();
    const problem = this.translate(error);
    const { httpAdapter } = this.adapterHost;
    if (httpAdapter.isHeadersSent(response)) {
      httpAdapter.end(response);
      return;
    }
    httpAdapter.setHeader(response, 'Content-Type', 'application/problem+json');
    httpAdapter.reply(response, problem, problem.status);
  }

  private translate(error: unknown): HostProblem {
    if (error instanceof ProblemException) {
      return problemOf(error.getStatus(), error.message, error.code);
    }
    if (error instanceof NotFoundException) {
      // Nest's own text repeats the URL, query included.
      return problemOf(404, 'There is nothing here. GET /docs lists what there is.');
    }
    if (error instanceof HttpException) {
      return problemOf(error.getStatus(), detailOf(error));
    }
    const status = clientMistake(error);
    if (status !== null) {
      return problemOf(status);
    }
    this.logger.error(describeUnexpected(error));
    return problemOf(500);
  }
}

/** The text of an exception; a `ValidationPipe` gives a list. */
function detailOf(error: HttpException): string {
  const body = error.getResponse();
  const message: unknown = typeof body === 'string' ? body : (body as { message?: unknown }).message;
  return Array.isArray(message) ? message.join('; ') : typeof message === 'string' ? message : error.message;
}

/** Body parsers and Fastify mark client errors with a status, not with a class. */
function clientMistake(error: unknown): number | null {
  const status: unknown =
    (error as { statusCode?: unknown } | null)?.statusCode ?? (error as { status?: unknown } | null)?.status;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : null;
}

/** The stack without the message: messages of drivers and HTTP clients repeat values. */
function describeUnexpected(error: unknown): string {
  if (!(error instanceof Error)) {
    return 'A route threw something that is not an error';
  }
  const frames = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at '));
  return [`A route failed with ${error.name}`, ...frames].join('\n');
}
