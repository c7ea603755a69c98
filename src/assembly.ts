import 'reflect-metadata';
import { Logger, type INestApplication } from '@nestjs/common';
import { enableGracefulShutdown, type EventPublisher } from 'nestjs-powens-connections';
import type { PowensSandbox } from 'powens-sandbox';
import type { Foundation, HostLog } from './foundation.js';
import type { AppConfig, DatabaseConfig } from './config/app.config.js';
import { settleConfig } from './config/settle-config.js';
import { createApp } from './create-app.js';
import { openBroker } from './broker/host-broker.js';
import { HostTelemetry } from './telemetry/host-telemetry.js';
import { openSandbox } from './sandbox/embedded-sandbox.js';
import { HostLogger } from './host.logger.js';
import type { OpenedResources } from './opened-resources.js';
import { pushWebhooks } from './sandbox/push-webhooks.js';

/** The start options of the application. */
interface AssemblyOptions {
  readonly logger?: HostLog;
  readonly signals?: readonly NodeJS.Signals[];
}

/** The application, listening. */
export interface Assembled {
  readonly app: INestApplication;
  readonly config: AppConfig;
  readonly sandboxUrl: string | null;
}

/** Builds the sandbox and the application on the opened resources. The embedded database may still be starting. */
export async function assemble(
  foundation: Foundation,
  opened: OpenedResources,
  { logger: log, signals = [] }: AssemblyOptions,
): Promise<Assembled> {
  const logger = log ?? new HostLogger();
  Logger.overrideLogger(logger);
  const { environment, port } = foundation;
  environment.warnings.forEach((warning) => new Logger('Host').warn(warning));
  const sandbox = await openSandbox(foundation, opened, logger);
  const database = databaseOf(foundation);
  const sandboxUrl = sandbox?.url ?? null;
  const config = settleConfig(environment, { port, database, sandboxUrl });
  const telemetry = await openTelemetry(environment.otlp, opened);
  const publisher = await openPublisher(config.brokerUrl, opened);
  const app = await createApp(config, { sandbox, telemetry, publisher });
  opened.add(() => app.close());
  if (sandbox !== null && config.webhookSecret !== null) {
    pushWebhooks(sandbox, port, config.webhookSecret);
  }
  // Before the line that reports the start; the other resources are closed after the application.
  enableGracefulShutdown(app, { signals, close: () => opened.close() });
  announce(config, sandbox);
  telemetry.beginLater();
  return { app, config, sandboxUrl };
}

/** Where traces are exported, they begin with the start; otherwise OpenTelemetry is loaded afterwards. */
async function openTelemetry(otlp: boolean, opened: OpenedResources): Promise<HostTelemetry> {
  const telemetry = new HostTelemetry(otlp);
  opened.add(() => telemetry.close());
  if (otlp) {
    await telemetry.begin();
  }
  return telemetry;
}

async function openPublisher(url: string | null, opened: OpenedResources): Promise<EventPublisher | null> {
  if (url === null) {
    return null;
  }
  const broker = await openBroker(url);
  opened.add(() => broker.close());
  return broker.publisher;
}

function databaseOf({ database, environment }: Foundation): DatabaseConfig {
  if (database === null) {
    return { kind: 'server', url: environment.databaseUrl ?? '' };
  }
  const { socketDir, opened } = database;
  return { kind: 'embedded', dataDir: environment.dataDir, socketDir, opened };
}

/** The last line is the one to act on. */
function announce(config: AppConfig, sandbox: PowensSandbox | null): void {
  const logger = new Logger('Host');
  const where = config.database.kind === 'server' ? 'a server' : 'embedded, one process only';
  logger.log(`Database: PostgreSQL, ${where}`);
  logger.log(`Powens:   ${sandbox === null ? config.powens.apiUrl : `local sandbox at ${sandbox.url}`}`);
  if (config.brokerUrl !== null) {
    logger.log(`Broker:   ${new URL(config.brokerUrl).host}`);
  }
  logger.log(`Host:     ${config.publicUrl}`);
  logger.log(`Start at  ${config.publicUrl}${config.demoAccess ? '/' : '/health/ready'}`);
}
