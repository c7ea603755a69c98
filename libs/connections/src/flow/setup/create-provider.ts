import { ConnectionsError } from '../../errors/index.js';
import type { PowensClient } from '../../powens/powens.client.js';
import { createAuthProvider, parseAuthProvider } from '../../powens/setup/auth-provider.js';
import { ConsoleToken } from '../../values/secrets/console-token.js';
import type { WebhookSecret } from '../../values/secrets/webhook-secret.js';

/**
 * A provider of HMAC signatures that was just created.
 *
 * @public
 */
export interface WebhookAuthProvider {
  /** Id at Powens. */
  readonly id: string;
  readonly name: string;
  /** Value for option `webhooks.auth.secrets`. Powens does not show it again: store it now. */
  readonly secret: WebhookSecret;
}

const NAME = /^[a-z0-9]{1,13}$/;
const TOKEN = /^[\x21-\x7e]{1,4096}$/;

/**
 * Checks the name of a provider.
 *
 * @throws ConnectionsError `invalid_request`
 */
export function assertProviderName(name: unknown): asserts name is string {
  if (typeof name !== 'string' || !NAME.test(name)) {
    throw new ConnectionsError(
      'invalid_request',
      'The name of an authentication provider must be 1 to 13 lower-case letters and digits: longer names, and names with ' +
        'other characters, were seen to make Powens answer 500.',
    );
  }
}

/**
 * Creates a provider of HMAC signatures at Powens.
 *
 * @param configToken - the "config token" of the console, used for this one call and not stored
 * @param name - 1 to 13 lower-case letters and digits, unlike that of any other provider
 * @throws ConnectionsError `invalid_request`; PowensApiError
 */
export async function createProvider(
  powens: PowensClient,
  configToken: string,
  name: string,
): Promise<WebhookAuthProvider> {
  assertProviderName(name);
  if (typeof configToken !== 'string' || !TOKEN.test(configToken)) {
    throw new ConnectionsError('invalid_request', 'The config token has white space in it, or is missing.');
  }
  const call = createAuthProvider(ConsoleToken.of(configToken), name);
  const { id, secret } = await powens.execute(call, parseAuthProvider);
  return { id, name, secret };
}
