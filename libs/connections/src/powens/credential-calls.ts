import type { ResolvedOptions } from '../options/resolve/resolved-options.js';
import type { AuthorizationCode } from '../values/secrets/authorization-code.js';
import type { ClientApplication } from '../values/secrets/client-application.js';
import type { WireCodeExchange, WireCredentials, WireRenewal } from './powens.wire.js';
import { withCredentials, type PowensCall } from './transport/powens-call.js';

type Powens = ResolvedOptions['powens'];

/** The client application of a call: that of a tenant, or null for that of the options. */
export type OwnApplication = ClientApplication | null;

/**
 * `POST /auth/init`.
 *
 * @internal
 */
export function initCall(powens: Powens, own: OwnApplication): PowensCall {
  return withCredentials('/auth/init', () => JSON.stringify(credentialsOf(powens, own)), secretsOf(own));
}

/**
 * `POST /auth/token/access`. JSON, where a code keeps its `+`, `/` and `=`.
 *
 * @internal
 */
export function exchangeCall(
  powens: Powens,
  own: OwnApplication,
  { code, redirectUri }: { readonly code: AuthorizationCode; readonly redirectUri: string },
): PowensCall {
  const body = (): string =>
    code.use((clear) =>
      JSON.stringify({
        grant_type: 'authorization_code',
        ...credentialsOf(powens, own),
        code: clear,
        ...(powens.sendRedirectUri && { redirect_uri: redirectUri }),
      } satisfies WireCodeExchange),
    );
  return withCredentials('/auth/token/access', body, [code, ...secretsOf(own)]);
}

/**
 * `POST /auth/renew`.
 *
 * @param renewal - `powensUserId` are checked digits, written as they are: a JavaScript number would round a long id (RL-19)
 * @internal
 */
export function renewalCall(
  powens: Powens,
  own: OwnApplication,
  { powensUserId, revokePrevious }: { readonly powensUserId: string; readonly revokePrevious: boolean },
): PowensCall {
  const body = (): string => {
    const text = JSON.stringify({
      grant_type: 'client_credentials',
      ...credentialsOf(powens, own),
      revoke_previous: revokePrevious,
    } satisfies WireRenewal);
    return `${text.slice(0, -1)},"id_user":${powensUserId}}`;
  };
  return withCredentials('/auth/renew', body, secretsOf(own));
}

function credentialsOf(powens: Powens, own: OwnApplication): WireCredentials {
  return own === null
    ? { client_id: powens.clientId, client_secret: powens.clientSecret }
    : own.clientSecret.use((secret) => ({ client_id: own.clientId, client_secret: secret }));
}

/** The client secret of the options is removed from every error: see `scrubber`. */
function secretsOf(own: OwnApplication): readonly ClientApplication['clientSecret'][] {
  return own === null ? [] : [own.clientSecret];
}
