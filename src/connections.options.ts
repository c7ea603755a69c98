import type { ConnectionsModuleOptions, EventPublisher } from 'nestjs-powens-connections';
import type { AppConfig } from './config/app.config.js';
import { isPlainHttp } from './config/loopback.js';
import { WEBHOOKS_PATH } from './sandbox/push-webhooks.js';
import type { SessionOwnerResolver } from './session/session-owner.resolver.js';

/**
 * The provider name of the embedded sandbox's Powens users, independent of its port at this start. Nothing is sent to a name of
 * this top-level domain (RFC 6761).
 */
const EMBEDDED_SANDBOX = 'https://sandbox.invalid';

/** The options that this host gives the library. */
export function connectionsOptions(
  config: AppConfig,
  owner: SessionOwnerResolver,
  publisher: EventPublisher | null,
): ConnectionsModuleOptions {
  const { domain, clientId, clientSecret, apiUrl, webviewUrl } = config.powens;
  return {
    powens: {
      ...{ domain, clientId, clientSecret, apiUrl },
      ...(webviewUrl === null ? {} : { webviewUrl }),
      ...(config.embeddedSandbox ? { providerOrigin: EMBEDDED_SANDBOX } : {}),
    },
    publicUrl: config.publicUrl,
    keys: config.keys,
    owner,
    provisioning: config.provisioning,
    ...webhooks(config),
    ...(publisher === null ? {} : { events: { publisher } }),
    // The embedded database talks through a multiplexer that does not keep prepared statements apart.
    preparedStatements: config.database.kind === 'server',
    insecureLoopback: [config.publicUrl, apiUrl, webviewUrl].some(isPlainHttp),
  };
}

function webhooks({
  webhookSecret,
  embeddedSandbox,
}: AppConfig): Pick<ConnectionsModuleOptions, 'webhooks' | 'lifecycle'> {
  if (webhookSecret === null) {
    return {};
  }
  const auth = { type: 'hmac', secrets: webhookSecret } as const;
  return embeddedSandbox
    ? {
        // The sandbox sends directly to this process, even behind a proxy.
        webhooks: { auth, signedPath: WEBHOOKS_PATH },
        // Short, so that the effect of a closed tab is visible without waiting a minute.
        lifecycle: { unconfirmedGraceSeconds: 15 },
      }
    : { webhooks: { auth } };
}
