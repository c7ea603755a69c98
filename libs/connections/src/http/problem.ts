import type { ConnectionsErrorCode } from '../errors/index.js';

/** Base of `type`; the page with one heading per code is `docs/errors.md`. */
const TYPE_BASE = 'urn:nestjs-powens-connections:error:';

/** The body of every error answer. @see RFC 9457 */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ConnectionsErrorCode;
  /** What does not fit, per property, without the values. */
  readonly errors?: readonly { readonly property: string; readonly problems: readonly string[] }[];
}

/** Status and title of each code that can be answered: the only place that knows HTTP statuses. */
const ANSWERS: Partial<Record<ConnectionsErrorCode, readonly [status: number, title: string]>> = {
  invalid_request: [400, 'The request does not fit its documented shape'],
  return_to_refused: [400, 'returnTo would leave the application'],
  callback_refused: [400, 'This link cannot be used'],
  unauthenticated: [401, 'Nobody is signed in'],
  forbidden: [403, 'Not allowed'],
  cross_site_refused: [403, 'Started from another site'],
  webhook_unreadable: [400, 'The body cannot be read'],
  webhook_refused: [401, 'Not proven to be sent by Powens'],
  not_found: [404, 'Not found'],
  method_not_allowed: [405, 'Method not allowed'],
  not_connected: [409, 'No connection yet'],
  owner_conflict: [409, 'The Powens user belongs to another owner'],
  owner_already_connected: [409, 'Another attempt was completed first'],
  sync_refused: [409, 'Not synchronised now'],
  webhook_too_large: [413, 'Larger than is taken'],
  webhook_encoding_refused: [415, 'Compressed in a way that is not read'],
  credentials_refused: [422, 'The bank refused the credentials'],
  rate_limited: [429, 'Too many requests'],
  code_refused: [502, 'Powens refused the code'],
  connection_not_found: [502, 'Powens does not know the connection'],
  powens_refused: [502, 'Powens refused the request'],
  powens_failed: [502, 'Powens failed'],
  powens_response_invalid: [502, 'Powens answered something unexpected'],
  busy: [503, 'Being changed by somebody else'],
  powens_unreachable: [503, 'Powens cannot be reached'],
  key_unavailable: [503, 'An encryption key is missing'],
  storage_failed: [503, 'The database cannot be used'],
  commit_outcome_unknown: [503, 'The database was lost during a commit'],
  powens_timeout: [504, 'Powens did not answer in time'],
};

/** Makes the body for a code; a code without an answer of its own is a fault of ours. */
export function problemOf(code: ConnectionsErrorCode, detail: string): Problem {
  const answer = ANSWERS[code];
  if (answer === undefined) {
    return internalProblem();
  }
  const [status, title] = answer;
  return { type: `${TYPE_BASE}${code}`, title, status, detail, code };
}

/** The body for whatever nobody expected: tells nothing of it. */
export function internalProblem(): Problem {
  return {
    type: `${TYPE_BASE}internal_error`,
    title: 'Internal error',
    status: 500,
    detail: 'Something went wrong on our side. Try again later.',
    code: 'internal_error',
  };
}

const CODES_BY_STATUS: Readonly<Record<number, ConnectionsErrorCode>> = {
  400: 'invalid_request',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  413: 'invalid_request',
  415: 'invalid_request',
  429: 'rate_limited',
};

/** Makes the body for an exception of Nest or of a host's guard: keeps its status, adds a code. */
export function problemOfStatus(status: number, detail: string): Problem {
  const code = CODES_BY_STATUS[status] ?? (status < 500 ? 'invalid_request' : 'internal_error');
  if (code === 'internal_error') {
    return { ...internalProblem(), status };
  }
  return { ...problemOf(code, detail), status };
}
