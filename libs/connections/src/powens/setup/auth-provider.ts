import type { ConsoleToken } from '../../values/secrets/console-token.js';
import { WebhookSecret } from '../../values/secrets/webhook-secret.js';
import type { PowensCall } from '../transport/powens-call.js';
import { fields, id, opaque } from '../wire-values.js';

const PATH = '/webhooks/auth';

/**
 * An authentication provider of webhooks, with the secret that Powens shows once.
 *
 * @internal
 */
export interface CreatedAuthProvider {
  readonly id: string;
  readonly secret: WebhookSecret;
}

/**
 * The call that creates a provider of HMAC signatures. Not idempotent: each that is processed makes another, whose secret
 * would be lost.
 *
 * @param configToken - the "config token" of the console
 * @param name - checked by the caller
 * @see https://docs.powens.com/documentation/integration-guides/webhooks
 * @internal
 */
export function createAuthProvider(configToken: ConsoleToken, name: string): PowensCall {
  return {
    method: 'POST',
    operation: PATH,
    path: PATH,
    token: configToken,
    body: () => JSON.stringify({ type: 'hmac_signature', name }),
    secrets: [configToken],
    idempotent: false,
    answer: 'token',
  };
}

/**
 * Reads the answer.
 *
 * @internal
 */
export function parseAuthProvider(body: unknown): CreatedAuthProvider {
  const provider = fields(body);
  const config = fields(provider['config']);
  return {
    id: id(provider['id'], 'id'),
    secret: WebhookSecret.of(opaque(config['secret_key'], 'config.secret_key')),
  };
}
