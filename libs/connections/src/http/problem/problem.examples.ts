import type { ConnectionsErrorCode } from '../../errors/index.js';
import { problemOf, type Problem } from './problem.js';
import { FIXED_DETAILS } from './problem.texts.js';

/** The texts of the answers, as the library writes them. */
const DETAILS: Partial<Record<ConnectionsErrorCode, string>> = {
  ...FIXED_DETAILS,
  invalid_request: 'These properties do not fit: lang.',
  return_to_refused:
    'returnTo must be a path of this application ("/banks") or the name of a configured target.',
  callback_refused:
    'This link is not valid in this browser, was already used, or has expired. Start the connection again from the application.',
  unauthenticated: 'No user is signed in. Sign in to the application first.',
  cross_site_refused: 'Send this request from the application itself.',
  not_found: 'There is no such connection.',
  not_connected: 'There is no connection yet.',
  sync_refused: 'This connection was synchronised just now or is about to be. Ask again in 60 seconds.',
};

/** The usual meaning of a status; a route overrides it where it differs. */
const USUAL_CODES: Readonly<Record<number, readonly ConnectionsErrorCode[]>> = {
  400: ['invalid_request'],
  401: ['unauthenticated'],
  403: ['cross_site_refused'],
  404: ['not_found'],
  409: ['not_connected', 'powens_user_not_found'],
  502: ['powens_refused', 'powens_failed'],
  503: ['powens_unreachable', 'busy'],
};

/** Examples of the answers of one status, by code. */
export function problemExamples(
  status: number,
  codes: readonly ConnectionsErrorCode[] = USUAL_CODES[status] ?? [],
): Readonly<Record<string, { summary: string; value: Problem }>> {
  return Object.fromEntries(
    codes.map((code) => {
      const problem = problemOf(code, DETAILS[code] ?? code);
      return [code, { summary: problem.title, value: { ...problem, ...details(code) } }];
    }),
  );
}

function details(code: ConnectionsErrorCode): Pick<Problem, 'errors'> {
  return code === 'invalid_request'
    ? { errors: [{ property: 'lang', problems: ['lang must be one of the following values: en, fr'] }] }
    : {};
}
