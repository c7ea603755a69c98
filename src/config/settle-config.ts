import { randomBytes } from 'node:crypto';
import type { AppConfig, DatabaseConfig, PowensConfig } from './app.config.js';
import { developmentKey } from './development-key.js';
import type { Environment, PowensEnvironment } from './environment.js';

/** The default client application of the sandbox: public, and useless elsewhere. */
const SANDBOX_CLIENT = {
  domain: 'demo-sandbox',
  clientId: '20000001',
  clientSecret: 'sandbox-client-secret-not-for-production',
};

/** The values that are known once the embedded services run. */
export interface Started {
  readonly port: number;
  readonly database: DatabaseConfig;
  readonly sandboxUrl: string | null;
}

/** Completes the environment with the services that were started for it. */
export function settleConfig(environment: Environment, started: Started): AppConfig {
  return {
    production: environment.production,
    host: environment.host,
    port: started.port,
    publicUrl: environment.publicUrl ?? `http://localhost:${started.port}`,
    httpAdapter: environment.httpAdapter,
    database: started.database,
    powens: settlePowens(environment.powens, started.sandboxUrl),
    webhookSecret: environment.webhookSecret ?? (started.sandboxUrl === null ? null : madeUpSecret()),
    embeddedSandbox: started.sandboxUrl !== null,
    provisioning: environment.provisioning,
    demoAccess: environment.demoAccess,
    brokerUrl: environment.brokerUrl,
    keys: environment.keys ?? developmentKey(environment.dataDir),
  };
}

/** Valid for one run: the sandbox receives it at every start. */
function madeUpSecret(): string {
  return randomBytes(32).toString('base64url');
}

function settlePowens(powens: PowensEnvironment | null, sandboxUrl: string | null): PowensConfig {
  if (powens !== null) {
    return { ...powens, apiUrl: powens.apiUrl ?? defaultApiUrl(powens.domain) };
  }
  if (sandboxUrl === null) {
    throw new Error('Neither Powens nor a sandbox is there');
  }
  return { ...SANDBOX_CLIENT, apiUrl: `${sandboxUrl}/2.0`, webviewUrl: sandboxUrl };
}

function defaultApiUrl(domain: string): string {
  return `https://${domain.includes('.') ? domain : `${domain}.biapi.pro`}/2.0`;
}
