import type { ConnectionsErrorCode } from '../../errors/error-codes.js';

/** Status and title of each code that can be answered: the only place with HTTP statuses. */
export const ANSWERS: Partial<Record<ConnectionsErrorCode, readonly [status: number, title: string]>> = {
  invalid_request: [400, 'The request does not fit its documented shape'],
  return_to_refused: [400, 'returnTo would leave the application'],
  callback_refused: [400, 'This link cannot be used'],
  unauthenticated: [401, 'No user is signed in'],
  forbidden: [403, 'Not allowed'],
  cross_site_refused: [403, 'Sent from another site'],
  webhook_unreadable: [400, 'The body cannot be read'],
  webhook_refused: [401, 'Not proven to be sent by Powens'],
  not_found: [404, 'Not found'],
  method_not_allowed: [405, 'Method not allowed'],
  webhook_timeout: [408, 'The body took too long to arrive'],
  not_connected: [409, 'No connection yet'],
  needs_reauth: [409, 'The user must connect again'],
  owner_conflict: [409, 'The Powens user belongs to another owner'],
  owner_already_connected: [409, 'Another attempt was completed first'],
  powens_user_not_found: [409, 'Powens no longer has the user'],
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
  busy: [503, 'Being changed by another request'],
  powens_unreachable: [503, 'Powens cannot be reached'],
  provider_mismatch: [503, 'Another Powens is configured than the stored one'],
  key_unavailable: [503, 'An encryption key is missing'],
  tenant_unavailable: [503, 'The settings of the tenant are missing'],
  storage_failed: [503, 'The database cannot be used'],
  commit_outcome_unknown: [503, 'The database was lost during a commit'],
  powens_timeout: [504, 'Powens did not answer in time'],
};

const LATER = 'Try again later.';

/**
 * The text for an end user when the error's own message is for the operator (keys, constraints, messages of Powens).
 * That message is logged, under the `instance` of the answer.
 */
export const FIXED_DETAILS: Partial<Record<ConnectionsErrorCode, string>> = {
  credentials_refused: 'The bank refused what was entered. Check it and try again.',
  code_refused: 'Powens refused the code of this attempt. Start the connection again.',
  connection_not_found: 'Powens does not know the connection. Start the connection again.',
  powens_user_not_found:
    'Powens no longer has the user that the banks are connected with. The application is checking it: once that is confirmed, ' +
    'these connections end, and a bank can be connected again.',
  powens_refused: `Powens refused the request of the application. ${LATER}`,
  powens_failed: `Powens failed. ${LATER}`,
  powens_response_invalid: `Powens answered something unexpected. ${LATER}`,
  powens_unreachable: `Powens cannot be reached at the moment. ${LATER}`,
  powens_timeout: `Powens did not answer in time. ${LATER}`,
  busy: 'The application is busy with the same thing. Try again in a moment.',
  key_unavailable: `The application cannot read what it keeps. ${LATER}`,
  tenant_unavailable: `The application cannot read its settings at the moment. ${LATER}`,
  storage_failed: `The application cannot use its database at the moment. ${LATER}`,
  commit_outcome_unknown: 'Whether it was done is not known. Check the result before trying again.',
};

/** The code of an exception that is not of this library, by its status. */
export const CODES_BY_STATUS: Readonly<Record<number, ConnectionsErrorCode>> = {
  400: 'invalid_request',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  429: 'rate_limited',
};
