import { Catch, HttpException } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter, LoggerService } from '@nestjs/common';
import { SandboxApiError, errorObject, notFound } from './sandbox-api.error.js';
import type { SandboxReply } from './sandbox-request.js';

/**
 * Turns whatever was thrown into the provider's error object.
 *
 * @see protocol notes, section 9
 */
@Catch()
export class SandboxErrorsFilter implements ExceptionFilter {
  constructor(private readonly logger: LoggerService) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<SandboxReply>();
    const error = this.asApiError(thrown);
    reply.code(error.status).send(error.toErrorObject());
  }

  private asApiError(thrown: unknown): SandboxApiError {
    if (thrown instanceof SandboxApiError) {
      return thrown;
    }
    const status = statusOf(thrown);
    if (status === 404) {
      return notFound();
    }
    if (status !== undefined && status < 500) {
      return new SandboxApiError(status, 'invalidValue', 'The request could not be read');
    }
    this.logger.error(thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown));
    const { code, description } = errorObject('bug', 'Internal error');
    return new SandboxApiError(500, code, description);
  }
}

/** Nest and Fastify each say the status of a refusal in their own way. */
function statusOf(thrown: unknown): number | undefined {
  if (thrown instanceof HttpException) {
    return thrown.getStatus();
  }
  if (
    typeof thrown === 'object' &&
    thrown !== null &&
    'statusCode' in thrown &&
    typeof thrown.statusCode === 'number'
  ) {
    return thrown.statusCode;
  }
  return undefined;
}
