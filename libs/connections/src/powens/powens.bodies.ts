import type { ResolvedOptions } from '../options/resolve/resolved-options.js';
import type { AuthorizationCode } from '../values/secrets/authorization-code.js';
import type { WireCodeExchange, WireCredentials, WireRenewal } from './powens.wire.js';

type Powens = ResolvedOptions['powens'];

/**
 * Body of `POST /auth/init`.
 *
 * @internal
 */
export function initBody({ clientId, clientSecret }: Powens): string {
  return JSON.stringify({ client_id: clientId, client_secret: clientSecret } satisfies WireCredentials);
}

/**
 * Body of `POST /auth/token/access`. JSON, where a code keeps its `+`, `/` and `=`.
 *
 * @internal
 */
export function codeExchangeBody(powens: Powens, code: AuthorizationCode, redirectUri: string): string {
  return code.use((clear) =>
    JSON.stringify({
      grant_type: 'authorization_code',
      client_id: powens.clientId,
      client_secret: powens.clientSecret,
      code: clear,
      ...(powens.sendRedirectUri && { redirect_uri: redirectUri }),
    } satisfies WireCodeExchange),
  );
}

/**
 * Body of `POST /auth/renew`.
 *
 * @param powensUserId - checked digits: written as they are, since a JavaScript number would round a long id (RL-19)
 * @internal
 */
export function renewalBody(powens: Powens, powensUserId: string, revokePrevious: boolean): string {
  const body = JSON.stringify({
    grant_type: 'client_credentials',
    client_id: powens.clientId,
    client_secret: powens.clientSecret,
    revoke_previous: revokePrevious,
  } satisfies WireRenewal);
  return `${body.slice(0, -1)},"id_user":${powensUserId}}`;
}
