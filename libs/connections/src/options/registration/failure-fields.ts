import { ConnectionsError, errorNameOf, PowensApiError } from '../../errors/index.js';
import type { LogFields } from './logs-options.interface.js';

/**
 * What a log line says of an error, as fields.
 *
 * @internal
 */
export function failureFields(error: unknown): LogFields {
  if (error instanceof PowensApiError) {
    const { operation, status, requestId } = error.failure;
    return { error: error.code, operation, status, powensRequestId: requestId };
  }
  return { error: error instanceof ConnectionsError ? error.code : errorNameOf(error) };
}
