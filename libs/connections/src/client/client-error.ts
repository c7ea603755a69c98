import type { components } from './api.types.js';

/** Body of an error answer of the library, RFC 9457. */
export type ConnectionsProblem = components['schemas']['PowensConnectionsProblemResponse'];

/**
 * Stable code of a call that failed: that of the answer, or one of two of the client. A later version of the library may answer with a
 * code that is not in this list.
 *
 * - `unreachable`: there is no answer: no network, the application is down, or the deadline passed;
 * - `unexpected_answer`: the answer is not one of the library's routes, as a proxy or a login page gives it.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9457
 */
export type ConnectionsClientErrorCode =
  ConnectionsProblem['code'] | 'unreachable' | 'unexpected_answer' | (string & Record<never, never>);

/** What is known of a failed call beside its code. */
export interface ConnectionsClientErrorDetails {
  readonly status?: number;
  readonly retryAfterSeconds?: number;
  readonly problem?: ConnectionsProblem;
  readonly cause?: unknown;
}

/** A call that failed. Decide on `code`; the message is a sentence for a person. */
export class ConnectionsClientError extends Error {
  /** Status of the answer; null when there is none. */
  readonly status: number | null;
  /** Seconds after which the call may succeed, from `Retry-After`; null when the answer names none. */
  readonly retryAfterSeconds: number | null;
  /** The whole answer; null when it is not a problem of the library. */
  readonly problem: ConnectionsProblem | null;

  constructor(
    readonly code: ConnectionsClientErrorCode,
    message: string,
    details: ConnectionsClientErrorDetails = {},
  ) {
    super(message, { cause: details.cause });
    this.name = 'ConnectionsClientError';
    this.status = details.status ?? null;
    this.retryAfterSeconds = details.retryAfterSeconds ?? null;
    this.problem = details.problem ?? null;
  }
}

/** The error of an answer that is no success. */
export async function errorOf(response: Response): Promise<ConnectionsClientError> {
  const { status } = response;
  const problem = await problemIn(response);
  const details = { status, ...retryAfter(response) };
  if (problem !== null) {
    return new ConnectionsClientError(problem.code, problem.detail, { ...details, problem });
  }
  // A guard of the application answers before the library does.
  return status === 401
    ? new ConnectionsClientError('unauthenticated', 'No user is signed in.', details)
    : new ConnectionsClientError('unexpected_answer', UNEXPECTED, details);
}

/** The text of an answer that the library did not write. */
export const UNEXPECTED = 'The answer does not come from the connections of this application.';

async function problemIn(response: Response): Promise<ConnectionsProblem | null> {
  const type = response.headers.get('content-type') ?? '';
  const body: unknown = type.includes('application/problem+json')
    ? await response.json().catch(() => null)
    : null;
  return isProblem(body) ? body : null;
}

function isProblem(body: unknown): body is ConnectionsProblem {
  const { code, detail } = (body ?? {}) as { code?: unknown; detail?: unknown };
  return typeof code === 'string' && typeof detail === 'string';
}

function retryAfter(response: Response): { retryAfterSeconds?: number } {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return Number.isInteger(seconds) && seconds >= 0 ? { retryAfterSeconds: seconds } : {};
}
