import type { ConnectionsModuleOptions } from 'nestjs-powens-connections';
import type { AppConfig } from './config/app.config.js';
import { isPlainHttp } from './config/loopback.js';
import { WEBHOOKS_PATH } from './sandbox/push-webhooks.js';
import type { SessionOwnerResolver } from './session/session-owner.resolver.js';

/**
 * What the Powens users of the embedded sandbox belong to, whatever port it has at this start. Nothing is sent to a name of this
 * top-level domain (RFC 6761).
 */
const EMBEDDED_SANDBOX = 'https://sandbox.invalid';

/** What this host tells the library. */
export function connectionsOptions(config: AppConfig, owner: SessionOwnerResolver): ConnectionsModuleOptions {
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
        // The sandbox sends to this process itself, whatever proxy stands before it.
        webhooks: { auth, signedPath: WEBHOOKS_PATH },
        // Whoever tries out what a closed tab leads to does not want to wait a minute for it.
        lifecycle: { unconfirmedGraceSeconds: 15 },
      }
    : { webhooks: { auth } };
}
