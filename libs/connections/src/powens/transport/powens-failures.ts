import type { AxiosResponse } from 'axios';
import { ConnectionsError } from '../../errors/connections.error.js';
import { PowensApiError, type PowensFailure } from '../../errors/powens-api.error.js';
import { BulkheadFullError } from './bulkhead.js';
import { CircuitOpenError } from './breaker/circuit-open.error.js';
import { classifyTransportError } from './classify-transport-error.js';
import { header, parseErrorBody, type Scrub } from './error-body.js';
import { retryAfterSeconds } from './retry-after.js';

/**
 * Turns what an adapter threw into our error. Only the code of the error is kept: an `AxiosError` holds headers and body
 * (TC-15).
 *
 * @internal
 */
export function transportFailure(operation: string, error: unknown): ConnectionsError {
  if (error instanceof BulkheadFullError) {
    return failure('powens_unreachable', { operation, processed: 'no', description: error.message }, 1);
  }
  if (error instanceof CircuitOpenError) {
    const known = { operation, processed: 'no', description: error.message } as const;
    return failure('powens_unreachable', known, error.retryAfterSeconds);
  }
  const { phase, code: description } = classifyTransportError(error);
  switch (phase) {
    case 'misuse':
      return new ConnectionsError(
        'internal_error',
        `${operation}: not sent, the request itself is not acceptable`,
      );
    case 'unsent':
      return failure('powens_unreachable', { operation, processed: 'no', description });
    case 'refused':
      return failure('powens_response_invalid', { operation, processed: 'unknown', description });
    case 'sent':
      return failure('powens_timeout', { operation, processed: 'unknown', description });
  }
}

/**
 * Turns an answer that is not a success into our error.
 *
 * @param epochMs - now, for a `Retry-After` date when the answer has no `Date`
 * @internal
 */
export function answerFailure(
  operation: string,
  answer: AxiosResponse<unknown>,
  scrub: Scrub,
  epochMs: number,
): PowensApiError {
  const { status } = answer;
  const facts = { operation, status, ...parseErrorBody(answer, scrub) };
  const retryAfter = retryAfterSeconds(header(answer, 'retry-after'), serverClock(answer) ?? epochMs);
  // Turned away before any work: besides other 4xx, the only answers that say nothing was processed.
  if (status === 429 || (status === 503 && retryAfter !== undefined)) {
    return failure('powens_unreachable', { ...facts, processed: 'no' }, retryAfter);
  }
  if (status >= 500) {
    return failure('powens_failed', { ...facts, processed: 'unknown' }, retryAfter);
  }
  if (status >= 400) {
    return failure('powens_refused', { ...facts, processed: 'no' });
  }
  return invalidAnswer(
    operation,
    status,
    status >= 300 ? 'a redirect, not followed' : 'an unexpected status',
  );
}

/**
 * Whether the outcome of a try says that Powens does not work: no answer, or a status from 500 on. A refusal, a request to
 * slow down (429) and an answer that cannot be read do not.
 *
 * @see RL-18
 * @internal
 */
export function isOutage(error: unknown): boolean {
  if (error instanceof PowensApiError) {
    return (error.failure.status ?? 0) >= 500;
  }
  return ['unsent', 'sent'].includes(classifyTransportError(error).phase);
}

/**
 * An answer that is not what the documentation promises.
 *
 * @param problem - fixed text, never a part of the answer
 * @internal
 */
export function invalidAnswer(operation: string, status: number, problem: string): PowensApiError {
  return failure('powens_response_invalid', {
    operation,
    status,
    processed: 'unknown',
    description: problem,
  });
}

type Known = Pick<PowensFailure, 'operation' | 'processed'> & Partial<PowensFailure>;

function failure(
  code: PowensApiError['code'] & `powens_${string}`,
  known: Known,
  retryAfter?: number,
): PowensApiError {
  const whole: PowensFailure = {
    status: null,
    powensCode: null,
    description: null,
    requestId: null,
    ...known,
  };
  return new PowensApiError(code, whole, retryAfter === undefined ? {} : { retryAfterSeconds: retryAfter });
}

function serverClock(answer: AxiosResponse<unknown>): number | undefined {
  const at = Date.parse(String(header(answer, 'date')));
  return Number.isNaN(at) ? undefined : at;
}
