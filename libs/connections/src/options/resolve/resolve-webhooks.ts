import { ConfigurationError } from '../../errors/index.js';
import { inRange, withDefaults } from './option-checks.js';
import type { ResolvedWebhookAuth, ResolvedWebhooks } from './resolved-webhooks.js';
import type {
  HmacWebhookAuth,
  OAuthWebhookAuth,
  ReconciliationOptions,
  WebhooksOptions,
} from '../webhooks-options.interface.js';

const MIB = 1024 * 1024;
const DEFAULTS = {
  maxBytes: 20 * MIB,
  bodyTimeoutSeconds: 30,
  maxInflatedBytes: 50 * MIB,
  processing: true,
  pollIntervalMs: 1000,
  concurrency: 4,
  maxTries: 20,
  unknownHours: 24,
  bodyRetentionDays: 7,
};

/** A path as in a URL: one leading slash, no query, no fragment, no trailing slash, nothing to encode. */
const PATH = /^(\/[\w.~!$&'()*+,;=:@%-]+)+$/;

/**
 * Checks the webhooks.
 *
 * @returns null when the host has none
 * @throws ConfigurationError naming the option, never a secret
 */
export function resolveWebhooks(provided: WebhooksOptions | undefined): ResolvedWebhooks | null {
  if (provided === undefined) {
    return null;
  }
  const { auth, signedPath, ...rest } = provided;
  const webhooks = withDefaults(DEFAULTS, rest);
  inRange('webhooks.maxBytes', webhooks.maxBytes, 1024, 100 * MIB);
  inRange('webhooks.bodyTimeoutSeconds', webhooks.bodyTimeoutSeconds, 1, 300);
  inRange('webhooks.maxInflatedBytes', webhooks.maxInflatedBytes, webhooks.maxBytes, 500 * MIB);
  inRange('webhooks.pollIntervalMs', webhooks.pollIntervalMs, 10, 60_000);
  inRange('webhooks.concurrency', webhooks.concurrency, 1, 50);
  inRange('webhooks.maxTries', webhooks.maxTries, 1, 1000);
  inRange('webhooks.unknownHours', webhooks.unknownHours, 0, 720);
  inRange('webhooks.bodyRetentionDays', webhooks.bodyRetentionDays, 0, 30);
  return { ...webhooks, auth: resolveAuth(auth), signedPath: resolvePath(signedPath) };
}

/**
 * Checks the comparison with Powens.
 *
 * @throws ConfigurationError naming the option
 */
export function resolveReconciliation(provided?: ReconciliationOptions): Required<ReconciliationOptions> {
  const reconciliation = withDefaults({ enabled: true, intervalHours: 24, usersPerMinute: 10 }, provided);
  inRange('reconciliation.intervalHours', reconciliation.intervalHours, 1, 24 * 30);
  inRange('reconciliation.usersPerMinute', reconciliation.usersPerMinute, 1, 6000);
  return reconciliation;
}

function resolveAuth(auth: Partial<WebhooksOptions['auth']> | undefined): ResolvedWebhookAuth {
  switch (auth?.type) {
    case 'hmac':
      return resolveHmac(auth);
    case 'bearer':
      return { type: 'bearer' };
    case 'oauth':
      return resolveOAuth(auth);
    default:
      throw new ConfigurationError('webhooks.auth', 'must have the type "hmac", "bearer" or "oauth".');
  }
}

function resolveHmac({ secrets, toleranceSeconds = 300 }: Partial<HmacWebhookAuth>): ResolvedWebhookAuth {
  const list: readonly string[] = Array.isArray(secrets) ? secrets : [secrets as string];
  if (list.length === 0) {
    throw new ConfigurationError(
      'webhooks.auth.secrets',
      'is empty. Set the secret_key that Powens showed when the authentication provider was created.',
    );
  }
  list.forEach((secret) => {
    assertSecret('webhooks.auth.secrets', secret, 8);
  });
  inRange('webhooks.auth.toleranceSeconds', toleranceSeconds, 1, 7 * 24 * 3600);
  return { type: 'hmac', secrets: list, toleranceSeconds };
}

function resolveOAuth({
  clientId,
  clientSecret,
  tokenLifetimeSeconds = 3600,
}: Partial<OAuthWebhookAuth>): ResolvedWebhookAuth {
  assertSecret('webhooks.auth.clientId', clientId, 1);
  assertSecret('webhooks.auth.clientSecret', clientSecret, 32);
  inRange('webhooks.auth.tokenLifetimeSeconds', tokenLifetimeSeconds, 60, 7 * 24 * 3600);
  return { type: 'oauth', clientId, clientSecret, tokenLifetimeSeconds };
}

/** A pasted newline is the usual reason for a signature that "does not fit" (WH-10). */
function assertSecret(option: string, secret: unknown, least: number): asserts secret is string {
  if (typeof secret !== 'string' || secret.length < least) {
    throw new ConfigurationError(option, `must be a text of at least ${least} characters.`);
  }
  if (/\s/.test(secret)) {
    throw new ConfigurationError(option, 'has white space in it. Copy it again, without the line break.');
  }
}

function resolvePath(signedPath: string | undefined): string | null {
  if (signedPath !== undefined && !PATH.test(signedPath)) {
    throw new ConfigurationError(
      'webhooks.signedPath',
      'must be a path as "/api/v1/connections/webhooks": without origin, query and trailing slash.',
    );
  }
  return signedPath ?? null;
}
