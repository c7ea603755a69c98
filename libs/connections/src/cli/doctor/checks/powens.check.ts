import { TokenCustodyService } from '../../../custody/token-custody.service.js';
import type { KeyRing } from '../../../custody/crypto/key-ring.js';
import { PowensUserRepository } from '../../../custody/powens-user.repository.js';
import type { ConnectionsDatabase } from '../../../database/connections-database.js';
import { PowensApiError } from '../../../errors/index.js';
import { ApiPath } from '../../../powens/bank/api-path.js';
import { parseRedirectUris } from '../../../powens/bank/client-application.js';
import type { PowensClient } from '../../../powens/powens.client.js';
import type { AccessToken } from '../../../values/secrets/access-token.js';
import type { ConsoleToken } from '../../../values/secrets/console-token.js';
import type { DoctorSettings } from '../doctor-settings.js';
import { findingsOf, wordsOf, type Finding } from '../finding.js';
import { Tenants } from '../../../custody/tenants/tenants.service.js';

/** What there is to authenticate with: a console token, or a user's; null when neither is available. */
export type Bearer = AccessToken | ConsoleToken | null;

/** Checks that Powens answers at all, by a public route. */
export async function checkPowens(powens: PowensClient, { options }: DoctorSettings): Promise<Finding> {
  const { ok, fix } = findingsOf('Powens');
  try {
    await powens.read(ApiPath.of('/connectors', { limit: 1 }), null, () => true);
    return ok(`answers at ${options.powens.apiUrl}`);
  } catch (error) {
    return fix(
      `${wordsOf(error)}. Check POWENS_DOMAIN, POWENS_API_URL, and whether this machine may go out to ${options.powens.apiUrl}.`,
    );
  }
}

/** Checks that Powens would send browsers back here. */
export async function checkRedirectUri(
  powens: PowensClient,
  { options, redirectUri }: DoctorSettings,
  bearer: Bearer,
): Promise<Finding> {
  const { ok, fix, skip } = findingsOf('redirect URI');
  const { clientId } = options.powens;
  try {
    const registered = await registeredUris(powens, clientId, bearer);
    return registered.includes(redirectUri)
      ? ok(`${redirectUri} is registered`)
      : fix(
          `${redirectUri} is not registered with the client application ${clientId}. Add exactly this value in the Powens ` +
            'console, or correct PUBLIC_URL, --path or --redirect-uri.',
        );
  } catch (error) {
    return isAuthorisationNeeded(error) && bearer === null
      ? skip(
          'Powens answers this to a user of the application only, and no user is connected yet; or set POWENS_CONFIG_TOKEN',
        )
      : fix(`could not be read: ${wordsOf(error)}. Check POWENS_CLIENT_ID and POWENS_DOMAIN.`);
  }
}

/** Without a token first, as the application's own check at boot does. */
async function registeredUris(
  powens: PowensClient,
  clientId: string,
  bearer: Bearer,
): Promise<readonly string[]> {
  const path = ApiPath.of(`/clients/${clientId}`);
  try {
    return await powens.read(path, null, parseRedirectUris);
  } catch (error) {
    if (bearer === null || !isAuthorisationNeeded(error)) {
      throw error;
    }
    return powens.read(path, bearer, parseRedirectUris);
  }
}

/** Finds the token of the newest Powens user: any user's token is enough. A refused token is not renewed: a check changes nothing. */
export async function newestToken(
  database: ConnectionsDatabase,
  ring: KeyRing,
  { options }: DoctorSettings,
): Promise<AccessToken | null> {
  const users = new PowensUserRepository(database);
  const newest = await users.findNewest();
  const custody = new TokenCustodyService(options, ring, users, new Tenants(options));
  return newest === null ? null : custody.open(newest.owner, newest);
}

function isAuthorisationNeeded(error: unknown): boolean {
  return error instanceof PowensApiError && [401, 403].includes(error.failure.status ?? 0);
}
