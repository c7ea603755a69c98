import { type DynamicModule } from '@nestjs/common';
import { ConfigModule, getConfigToken, registerAs } from '@nestjs/config';
import type { HttpAdapterName } from './environment.js';

/** A PostgreSQL server. */
export interface ServerDatabaseConfig {
  readonly kind: 'server';
  readonly url: string;
}

/** The database in this process. */
export interface EmbeddedDatabaseConfig {
  readonly kind: 'embedded';
  /** The directory of its files. */
  readonly dataDir: string;
  /** The private directory of its socket. */
  readonly socketDir: string;
  /** Resolves when it answers. */
  readonly opened: Promise<void>;
}

export type DatabaseConfig = ServerDatabaseConfig | EmbeddedDatabaseConfig;

/** The client application at Powens, with its final URLs. */
export interface PowensConfig {
  readonly domain: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly apiUrl: string;
  /** Null means the library's own default. */
  readonly webviewUrl: string | null;
}

/** Everything the application is built from: complete, checked, ports chosen. No other code reads the environment. */
export interface AppConfig {
  readonly production: boolean;
  readonly host: string;
  readonly port: number;
  /** Own origin, and base path if any, without a trailing slash. */
  readonly publicUrl: string;
  readonly httpAdapter: HttpAdapterName;
  readonly database: DatabaseConfig;
  readonly powens: PowensConfig;
  /** HMAC key of the webhooks; null when none are received. */
  readonly webhookSecret: string | null;
  /** Whether the embedded sandbox replaces Powens. */
  readonly embeddedSandbox: boolean;
  readonly provisioning: 'webview-first' | 'server-first';
  readonly keys: string;
  readonly brokerUrl: string | null;
  /** Whether `/session` (sign-in without a password) and `/docs` are enabled. */
  readonly demoAccess: boolean;
}

/** Injects the {@link AppConfig}. */
export const APP_CONFIG = getConfigToken('app');

/** Makes the configuration injectable everywhere, as `@nestjs/config` does. */
export function appConfigModule(config: AppConfig): Promise<DynamicModule> {
  return ConfigModule.forRoot({
    isGlobal: true,
    cache: true,
    // Read once, by `readEnvironment`: a `.env` file must not override it.
    ignoreEnvFile: true,
    load: [registerAs('app', () => config)],
  });
}
