import type { CallbackRefusal } from '../../errors/index.js';
import type { Problem } from '../problem/problem.js';
import { pageOf } from './page.js';

/** Which check refused, and what to look at. */
const CHECKS: Readonly<Record<CallbackRefusal, string>> = {
  malformed:
    'The query is not that of a callback: the parameter "state" is absent, repeated or not one of this library, or another ' +
    'parameter has a form that Powens does not send. Open the "url" of a start, not this address.',
  no_binding:
    'The browser sent no binding cookie. It starts on another host name than that of publicUrl (localhost is not 127.0.0.1), ' +
    'a cookie with Secure was refused over http, or the start was sent by another client than this browser.',
  unknown_state:
    'No attempt of this browser has this state: the cookie is that of another browser or of another start, the database is ' +
    'another one, or the option "instance" has changed.',
  foreign_principal:
    'Another user is signed in than the one who started. resolvePrincipal() named them at the callback.',
  foreign_ticket:
    'The ticket is not one of this attempt and of the owner who sent it, or it was changed. An application completes with the ' +
    'parameters "attempt" and "ticket" that it was opened with, and as the owner who started.',
  expired:
    'The attempt has ended: more time than attemptLifetimeMinutes passed between start and callback, or it was erased.',
  code_substitution: 'This state was used before with another code.',
};

/** The page for a developer whose callback was refused. Says what the log says; shows nothing of the request. */
export function diagnosisPage({ title, detail, code }: Problem, reason: CallbackRefusal): string {
  return pageOf({
    title: `${title} (${reason})`,
    detail: `${CHECKS[reason]} What users see instead: "${detail}" This page is shown since the option callback.diagnosis is on.`,
    code,
    links: [{ href: '/', text: 'Back to the application' }],
  });
}
