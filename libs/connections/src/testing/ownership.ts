import {
  type OwnedRoute,
  type OwnershipSubject,
  UNKNOWN_ID,
  violationByAnother,
  violationByList,
  type ViolationFinder,
  violationWithoutUser,
} from './ownership-violations.js';

/**
 * The functions of a test runner; Vitest's, Jest's and node:test's fit.
 *
 * @public
 */
export interface TestRunner {
  readonly describe: (name: string, body: () => void) => unknown;
  readonly it: (name: string, body: () => Promise<void>) => unknown;
}

/** What completes no attempt. */
const NO_TICKET = { ticket: 'none', binding: 'A'.repeat(43) };

const ROUTES: readonly OwnedRoute[] = [
  { method: 'POST', path: '/connect' },
  { method: 'GET', path: '/connect' },
  { method: 'POST', path: '/links' },
  { method: 'POST', path: '/links/open', query: `?token=${'A'.repeat(43)}` },
  { method: 'DELETE', path: '/links/{id}', id: 'linkId' },
  { method: 'GET', path: '' },
  { method: 'GET', path: '/attempts/{id}', id: 'attemptId' },
  { method: 'POST', path: '/attempts/{id}/complete', id: 'attemptId', body: () => NO_TICKET },
  { method: 'GET', path: '/{id}', id: 'connectionId' },
  { method: 'POST', path: '/manage', id: 'connectionId', body: (connectionId) => ({ connectionId }) },
  { method: 'POST', path: '/{id}/reconnect', id: 'connectionId' },
  { method: 'POST', path: '/{id}/sync', id: 'connectionId' },
  { method: 'POST', path: '/custom', body: newCustomConnection, isCustom: true },
  custom('answer', { fields: { otp: '1' } }),
  custom('resume', {}),
  custom('consent', { accountIds: ['1'] }),
  { method: 'DELETE', path: '/{id}', id: 'connectionId' },
  { method: 'DELETE', path: '/me' },
];

function custom(step: string, body: object): OwnedRoute {
  return {
    method: 'POST',
    path: `/custom/{id}/${step}`,
    id: 'connectionId',
    body: () => body,
    isCustom: true,
  };
}

function newCustomConnection(): object {
  return { connectorUuid: UNKNOWN_ID, fields: {} };
}

/**
 * Tests, with the host's own guards, that no route of the library serves another owner, or a request without a user: an id of another owner is
 * answered like one that does not exist, the list leaves it out, and a request without a user gets neither data nor a webview. Run it
 * in the host's own suite, on test data: where a guard is missing, the routes do what they are asked, deletions included.
 *
 * @param runner - `describe` and `it` of the test runner in use
 * @param subject - called when the tests run, so that it may wait for `beforeAll`
 * @example
 * ```ts
 * describeOwnership({ describe, it }, () => ({ app, otherOwner: { cookie: malloryCookie }, attemptId, connectionId }));
 * ```
 * @public
 */
export function describeOwnership(
  runner: TestRunner,
  subject: () => OwnershipSubject | Promise<OwnershipSubject>,
): void {
  const test = (title: string, route: OwnedRoute, find: ViolationFinder): void => {
    runner.it(`${title} ${route.method} ${route.path || '/'}`, async () => {
      const violation = await violationOf(route, await subject(), find);
      if (violation !== null) {
        throw new Error(`${route.method} ${route.path || '/'} ${violation}`);
      }
    });
  };
  runner.describe("another owner's ids", () => {
    for (const route of ROUTES.filter(({ id }) => id !== undefined)) {
      test('should be absent for', route, violationByAnother);
    }
    test('should not be listed by', { method: 'GET', path: '' }, violationByList);
  });
  runner.describe('a request without a user', () => {
    for (const route of ROUTES) {
      test('should be refused by', route, violationWithoutUser);
    }
  });
}

async function violationOf(
  route: OwnedRoute,
  subject: OwnershipSubject,
  find: ViolationFinder,
): Promise<string | null> {
  return route.isCustom === true && subject.customConnections !== true ? null : find(route, subject);
}
