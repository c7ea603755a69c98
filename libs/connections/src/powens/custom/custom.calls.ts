import type { AccessToken } from '../../values/secrets/access-token.js';
import type { Credential } from '../../values/secrets/credential.js';
import { noSuchConnection } from '../powens.refusals.js';
import type { PowensCall } from '../transport/powens-call.js';
import { isPowensId } from '../wire-values.js';

/** Values by the name of their field. */
export type Credentials = ReadonlyMap<string, Credential>;

const CONNECTIONS = '/users/me/connections';
const EXPAND = 'expand=connector,sources';

/**
 * `POST /users/me/connections`: creates a connection from credentials. Not idempotent: each call would create another one.
 *
 * @internal
 */
export function toCreate(token: AccessToken, connectorUuid: string, credentials: Credentials): PowensCall {
  return {
    ...posted(CONNECTIONS, `${CONNECTIONS}?${EXPAND}`, token),
    secrets: [token, ...credentials.values()],
    body: () => bodyOf({ connector_uuid: connectorUuid }, credentials),
  };
}

/**
 * `POST /users/me/connections/{id}`: sends the fields that the connection asks for.
 *
 * @internal
 */
export function toAnswer(token: AccessToken, id: string, credentials: Credentials): PowensCall {
  return {
    ...posted(`${CONNECTIONS}/{id}`, pathOf(id, `?${EXPAND}`), token),
    secrets: [token, ...credentials.values()],
    body: () => bodyOf({}, credentials),
  };
}

/**
 * `POST /users/me/connections/{id}`: continues after a confirmation in the bank's app. In the background: otherwise the call
 * would block until the end user confirms.
 *
 * @internal
 */
export function toResume(token: AccessToken, id: string): PowensCall {
  const path = pathOf(id, `?background=true&${EXPAND}`);
  return { ...posted(`${CONNECTIONS}/{id}`, path, token), body: () => '{"resume":true}' };
}

/**
 * `POST /users/me/connections/{id}`, empty: starts the strong authentication that a connection waits for.
 *
 * @internal
 */
export function toChallenge(token: AccessToken, id: string): PowensCall {
  return { ...posted(`${CONNECTIONS}/{id}`, pathOf(id, `?${EXPAND}`), token), body: () => '{}' };
}

/**
 * `PUT /users/me/connections/{id}/accounts/{ids}`: the end user's consent to these accounts. Idempotent.
 *
 * @internal
 */
export function toConsent(token: AccessToken, id: string, accountIds: readonly string[]): PowensCall {
  return {
    method: 'PUT',
    operation: `${CONNECTIONS}/{id}/accounts/{id}`,
    path: pathOf(id, `/accounts/${accountIds.join(',')}?all`),
    token,
    secrets: [token],
    idempotent: true,
    answer: 'read',
    body: () => '{"disabled":false}',
  };
}

function posted(operation: string, path: string, token: AccessToken): PowensCall {
  return { method: 'POST', operation, path, token, secrets: [token], idempotent: false, answer: 'read' };
}

function pathOf(id: string, rest: string): string {
  if (!isPowensId(id)) {
    throw noSuchConnection(`POST ${CONNECTIONS}/{id}`);
  }
  return `${CONNECTIONS}/${id}${rest}`;
}

/** Built once per try: the clear values exist only that long. */
function bodyOf(fixed: Readonly<Record<string, string>>, credentials: Credentials): string {
  const clear = [...credentials].map(
    ([name, credential]) => [name, credential.use((value) => value)] as const,
  );
  return JSON.stringify({ ...Object.fromEntries(clear), ...fixed });
}
