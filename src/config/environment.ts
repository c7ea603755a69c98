import { resolve } from 'node:path';
import { EnvironmentReader } from './environment-reader.js';
import { EnvironmentError } from './environment.error.js';
import { isPlainHttp } from './loopback.js';

const BROKER_PROTOCOLS = ['amqp:', 'amqps:', 'nats:'];

export type HttpAdapterName = 'express' | 'fastify';

/** A client application at Powens, or at a sandbox that runs elsewhere. */
export interface PowensEnvironment {
  readonly domain: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly apiUrl: string | null;
  readonly webviewUrl: string | null;
}

/** The checked environment, as given: ports may still be 0, and values to be generated may still be missing. */
export interface Environment {
  readonly production: boolean;
  readonly host: string;
  readonly port: number;
  readonly publicUrl: string | null;
  readonly httpAdapter: HttpAdapterName;
  /** Absolute path. */
  readonly dataDir: string;
  /** `postgres://…`; null means the embedded database. */
  readonly databaseUrl: string | null;
  /** Null means the embedded sandbox. */
  readonly powens: PowensEnvironment | null;
  /** Null with the embedded sandbox means one of its own; null with another Powens means no webhooks. */
  readonly webhookSecret: string | null;
  readonly sandboxPort: number;
  readonly provisioning: 'webview-first' | 'server-first';
  /** Whether `/session` (sign-in as any user, without a password) and `/docs` are enabled. */
  readonly demoAccess: boolean;
  /** Null means the development key. */
  readonly keys: string | null;
  /** `amqp://…`, `amqps://…` or `nats://…`; null means that events stay in this process. */
  readonly brokerUrl: string | null;
  /** Whether `OTEL_EXPORTER_OTLP_ENDPOINT` is set: OpenTelemetry itself reads it, and the other standard variables. */
  readonly otlp: boolean;
  /** The texts of warnings. */
  readonly warnings: readonly string[];
}

/**
 * Reads and checks every variable of the demo host, once.
 *
 * @throws EnvironmentError naming every variable that cannot be used
 */
export function readEnvironment(env: NodeJS.ProcessEnv): Environment {
  const reader = new EnvironmentReader(env);
  const environment: Environment = {
    production: env.NODE_ENV === 'production',
    host: reader.text('HOST') ?? '127.0.0.1',
    port: reader.port('PORT', 3000),
    publicUrl: reader.webUrl('PUBLIC_URL'),
    httpAdapter: reader.oneOf('HTTP_ADAPTER', ['express', 'fastify']),
    dataDir: resolve(reader.text('DATA_DIR') ?? '.data'),
    databaseUrl: readDatabaseUrl(reader),
    powens: readPowens(reader),
    webhookSecret: reader.text('POWENS_WEBHOOK_SECRET'),
    sandboxPort: reader.port('SANDBOX_PORT', 4000),
    provisioning: reader.oneOf('CONNECTIONS_PROVISIONING', ['webview-first', 'server-first']),
    demoAccess: env.NODE_ENV !== 'production' || allowsDemoAccess(reader),
    keys: reader.text('CONNECTIONS_KEYS'),
    brokerUrl: readBrokerUrl(reader),
    otlp: namesCollector(reader),
    warnings: readWarnings(env, reader),
  };
  if (environment.production) {
    refuseDevelopmentAids(environment, reader);
  }
  if (reader.problems.length > 0) {
    throw new EnvironmentError(reader.problems);
  }
  return environment;
}

/** Names the database of {@link Environment.databaseUrl}, or notes why it cannot be used. */
function readDatabaseUrl(reader: EnvironmentReader): string | null {
  const url = reader.text('DATABASE_URL');
  if (url === null || /^postgres(ql)?:\/\//.test(url)) {
    return url;
  }
  const known = /^(mysql|mariadb):\/\//.test(url);
  reader.refuse(
    'DATABASE_URL',
    known
      ? 'names MySQL or MariaDB, which are not there yet: use postgres://, or leave it out for the embedded database'
      : 'must start with postgres://, or be left out for the embedded database',
  );
  return null;
}

/** A collector is mostly in the same network, so that plain HTTP is usual. */
function namesCollector(reader: EnvironmentReader): boolean {
  const text = reader.text('OTEL_EXPORTER_OTLP_ENDPOINT');
  if (text !== null && !(URL.canParse(text) && /^https?:$/.test(new URL(text).protocol))) {
    reader.refuse('OTEL_EXPORTER_OTLP_ENDPOINT', 'must start with http:// or https://, and be a URL');
  }
  return text !== null;
}

/** The message repeats nothing of the URL, which may hold a password. */
function readBrokerUrl(reader: EnvironmentReader): string | null {
  const text = reader.text('BROKER_URL');
  if (text === null) {
    return null;
  }
  if (!URL.canParse(text) || !BROKER_PROTOCOLS.includes(new URL(text).protocol)) {
    reader.refuse(
      'BROKER_URL',
      'must start with amqp:// or amqps:// (RabbitMQ) or nats:// (NATS JetStream), and be a URL',
    );
  }
  return text;
}

function readPowens(reader: EnvironmentReader): PowensEnvironment | null {
  const powens = {
    domain: reader.text('POWENS_DOMAIN'),
    clientId: reader.text('POWENS_CLIENT_ID'),
    clientSecret: reader.text('POWENS_CLIENT_SECRET'),
    apiUrl: reader.webUrl('POWENS_API_URL'),
    webviewUrl: reader.webUrl('POWENS_WEBVIEW_URL'),
  };
  if (Object.values(powens).every((value) => value === null)) {
    return null;
  }
  const { domain, clientId, clientSecret } = powens;
  const needed = { POWENS_DOMAIN: domain, POWENS_CLIENT_ID: clientId, POWENS_CLIENT_SECRET: clientSecret };
  for (const [variable, value] of Object.entries(needed)) {
    if (value === null) {
      reader.refuse(variable, 'is missing: set all POWENS_… variables, or none for the embedded sandbox');
    }
  }
  return { ...powens, domain: domain ?? '', clientId: clientId ?? '', clientSecret: clientSecret ?? '' };
}

/** A sign-in without a password is off in production unless it is explicitly enabled (N27). */
function allowsDemoAccess(reader: EnvironmentReader): boolean {
  return reader.oneOf('ALLOW_DEMO_ACCESS', ['false', 'true']) === 'true';
}

function readWarnings(env: NodeJS.ProcessEnv, reader: EnvironmentReader): string[] {
  const warnings: string[] = [];
  if (env.NODE_ENV === 'production' && reader.text('ALLOW_DEMO_ACCESS') === 'true') {
    warnings.push('ALLOW_DEMO_ACCESS is true: anybody may sign in as anybody, and read /docs');
  }
  return warnings;
}

/** The defaults for an easy first start must not serve real users. */
function refuseDevelopmentAids(environment: Environment, reader: EnvironmentReader): void {
  if (environment.databaseUrl === null) {
    reader.refuse('DATABASE_URL', 'is missing: the embedded database is refused when NODE_ENV is production');
  }
  if (environment.powens === null) {
    reader.refuse('POWENS_DOMAIN', 'is missing: the embedded sandbox is refused when NODE_ENV is production');
  }
  if (environment.keys === null) {
    reader.refuse(
      'CONNECTIONS_KEYS',
      'is missing: the development key is refused when NODE_ENV is production. Make one: ' +
        `node -p "'k1:' + require('node:crypto').randomBytes(32).toString('base64')"`,
    );
  }
  if (environment.publicUrl === null || isPlainHttp(environment.publicUrl)) {
    reader.refuse('PUBLIC_URL', 'must be set and start with https:// when NODE_ENV is production');
  }
}
