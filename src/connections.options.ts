import type { ConnectionsModuleOptions } from 'nestjs-powens-connections';
import type { AppConfig } from './config/app.config.js';
import { isPlainHttp } from './config/loopback.js';
import type { SessionOwnerResolver } from './session/session-owner.resolver.js';

/** What this host tells the library. */
export function connectionsOptions(config: AppConfig, owner: SessionOwnerResolver): ConnectionsModuleOptions {
  const { domain, clientId, clientSecret, apiUrl, webviewUrl } = config.powens;
  return {
    powens: { domain, clientId, clientSecret, apiUrl, ...(webviewUrl === null ? {} : { webviewUrl }) },
    publicUrl: config.publicUrl,
    keys: config.keys,
    owner,
    provisioning: config.provisioning,
    // The embedded database talks through a multiplexer that does not keep prepared statements apart.
    preparedStatements: config.database.kind === 'server',
    insecureLoopback: [config.publicUrl, apiUrl, webviewUrl].some(isPlainHttp),
  };
}
