import { STATUS_CODES } from 'node:http';
import { v4 as uuidv4 } from 'uuid';
import { PowensApiError, type ConnectionsError, type ConnectionsErrorCode } from '../../errors/index.js';
import { ANSWERS, CODES_BY_STATUS, FIXED_DETAILS } from './problem.texts.js';

/** Base of `type`; the page with one heading per code is `docs/errors.md`. */
const TYPE_BASE = 'urn:nestjs-powens-connections:error:';

/** The body of every error answer. @see RFC 9457 */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ConnectionsErrorCode;
  /** Names this occurrence, in the answer and in the log line with the details: `urn:uuid:…`. */
  readonly instance?: string;
  /** The violations per property, without the values. */
  readonly errors?: readonly { readonly property: string; readonly problems: readonly string[] }[];
}

/** Creates the body for a code; a code without an answer of its own is an internal fault. */
export function problemOf(code: ConnectionsErrorCode, detail: string): Problem {
  const answer = ANSWERS[code];
  if (answer === undefined) {
    return internalProblem();
  }
  const [status, title] = answer;
  return { type: `${TYPE_BASE}${code}`, title, status, detail, code };
}

/** A problem, and the text for the operator alone: null when the answer contains everything. */
export interface AnsweredProblem {
  readonly problem: Problem;
  readonly log: string | null;
}

/**
 * Creates the body for an error of this library. The message of a 5xx, and every text of Powens, is not answered.
 *
 * @returns the body, and the line for the log that carries the same `instance`
 */
export function problemOfError(error: ConnectionsError): AnsweredProblem {
  const problem = problemOf(error.code, error.message);
  if (problem.status < 500 && !(error instanceof PowensApiError)) {
    return { problem, log: null };
  }
  const instance = newInstance();
  const detail = FIXED_DETAILS[error.code] ?? internalProblem().detail;
  return {
    problem: { ...problem, detail, instance },
    log: `${error.code}: ${error.message} (${instance})`,
  };
}

/** Names one occurrence of a problem. */
export function newInstance(): string {
  return `urn:uuid:${uuidv4()}`;
}

/** The body for an unexpected error: reveals nothing of it. */
export function internalProblem(): Problem {
  return {
    type: `${TYPE_BASE}internal_error`,
    title: 'Internal error',
    status: 500,
    detail: 'Something went wrong on our side. Try again later.',
    code: 'internal_error',
  };
}

/**
 * Creates the body for an exception of Nest or of a host's guard: keeps its status, adds a code. The title is that of the
 * status when the code covers several.
 */
export function problemOfStatus(status: number, detail: string): Problem {
  const code = CODES_BY_STATUS[status] ?? (status < 500 ? 'invalid_request' : 'internal_error');
  if (code === 'internal_error') {
    return { ...internalProblem(), title: STATUS_CODES[status] ?? internalProblem().title, status };
  }
  const problem = problemOf(code, detail);
  return problem.status === status
    ? problem
    : { ...problem, title: STATUS_CODES[status] ?? 'Refused', status };
}
