import { Logger, type INestApplication } from '@nestjs/common';
import type { AppConfig } from './config/app.config.js';
import { readEnvironment } from './config/environment.js';
import { claimPort } from './config/free-port.js';
import { settleConfig } from './config/settle-config.js';
import { createApp } from './create-app.js';
import { openEmbeddedServices, type HostLog } from './embedded-services.js';
import { HostLogger } from './host.logger.js';
import { OpenedResources } from './opened-resources.js';
import { pushWebhooks } from './sandbox/push-webhooks.js';

/** A host that serves. */
export interface RunningHost {
  /** Its public URL. */
  readonly url: string;
  /** The embedded sandbox, or null when Powens is elsewhere. */
  readonly sandboxUrl: string | null;
  readonly app: INestApplication;
  /** Stops it: the application first, then what it stands on. */
  close(): Promise<void>;
}

/** How a host is started from code. */
export interface StartOptions {
  /** Replaces the console, or silences it with `false`. */
  readonly logger?: HostLog;
}

/**
 * Starts the demo host, with everything it needs and was not given: a sandbox, a database, a key.
 *
 * @throws EnvironmentError, PortInUseError, DataDirInUseError: their words say what to change
 */
export async function startHost(
  env: NodeJS.ProcessEnv = process.env,
  options: StartOptions = {},
): Promise<RunningHost> {
  const logger = options.logger ?? new HostLogger();
  Logger.overrideLogger(logger);
  const environment = readEnvironment(env);
  environment.warnings.forEach((warning) => new Logger('Host').warn(warning));
  const opened = new OpenedResources();
  try {
    // The port before all else: the redirect URI holds it, and a taken one is told before anything is opened.
    const port = await claimPort('PORT', environment.host, environment.port);
    const services = await openEmbeddedServices(environment, opened, logger);
    const { database, sandbox } = services;
    const sandboxUrl = sandbox?.url ?? null;
    const config = settleConfig(environment, { port, database, sandboxUrl });
    const app = await createApp(config, sandbox);
    opened.add(() => app.close());
    if (sandbox !== null && config.webhookSecret !== null) {
      pushWebhooks(sandbox, port, config.webhookSecret);
    }
    announce(config, sandboxUrl);
    return { url: config.publicUrl, sandboxUrl, app, close: () => opened.close() };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

function announce(config: AppConfig, sandboxUrl: string | null): void {
  const logger = new Logger('Host');
  const where = config.database.kind === 'server' ? 'a server' : 'embedded, one process only';
  logger.log(`Database: PostgreSQL, ${where}`);
  logger.log(`Powens:   ${sandboxUrl === null ? config.powens.apiUrl : `local sandbox at ${sandboxUrl}`}`);
  logger.log(`Host:     ${config.publicUrl}`);
  logger.log(`Start at  ${config.publicUrl}/docs`);
}
