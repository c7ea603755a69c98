import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger, type INestApplication } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { ConfigurationError } from '../../errors/index.js';
import { ConnectionsReadiness } from '../../flow/setup/connections-readiness.service.js';
import { DrainingServer } from './draining-server.js';

/**
 * How an application is stopped.
 *
 * @public
 */
export interface GracefulShutdownOptions {
  /**
   * Milliseconds for which the application is unready and still accepts requests, before it is closed: as long as the load balancer
   * needs to notice. Kubernetes: about 5 000.
   *
   * @default 0
   */
  readonly unreadyForMs?: number;
  /**
   * Milliseconds that requests, handlers and webhooks under way may take once the application is being closed. Then their
   * connections are cut, and a second later the process ends. Everything that was accepted is in the database.
   *
   * @default 10000
   */
  readonly drainMs?: number;
  /**
   * Signals that start the shutdown. A second one ends the process at once. Do not call Nest's `enableShutdownHooks` beside it.
   *
   * @default ['SIGTERM', 'SIGINT']
   */
  readonly signals?: readonly NodeJS.Signals[];
  /**
   * Closes the application and the host's other resources.
   *
   * @default `() => app.close()`
   */
  readonly close?: () => Promise<void>;
}

/**
 * A shutdown that can be started without a signal.
 *
 * @public
 */
export interface GracefulShutdown {
  /** Unready at once, then drained, then closed. Resolves when all is closed; the process keeps running. */
  stop(): Promise<void>;
}

/** Between closing the connections and ending a process that does not end by itself. */
const LAST_MS = 1_000;

/**
 * Stops an application so that nothing is lost behind a load balancer: at the first signal the readiness of the library turns
 * false and every answer carries `Connection: close`; after `unreadyForMs` the application is closed, for at most `drainMs`; a
 * second signal ends the process at once. For Express and Fastify.
 *
 * @example
 * ```ts
 * const app = await NestFactory.create(AppModule);
 * await app.listen(3000);
 * enableGracefulShutdown(app, { unreadyForMs: 5_000 });
 * ```
 * @throws ConfigurationError for an invalid time
 * @public
 */
export function enableGracefulShutdown(
  app: INestApplication,
  options: GracefulShutdownOptions = {},
): GracefulShutdown {
  const { unreadyForMs = 0, drainMs = 10_000, signals = ['SIGTERM', 'SIGINT'] } = options;
  for (const [name, value] of Object.entries({ unreadyForMs, drainMs })) {
    if (!Number.isInteger(value) || value < 0 || value > 3_600_000) {
      throw new ConfigurationError(name, 'must be a whole number of milliseconds from 0 to 3600000.');
    }
  }
  const close = options.close ?? (async (): Promise<void> => app.close());
  const server = new DrainingServer(app.getHttpServer() as Server);
  let stopping: Promise<void> | undefined;
  const run = async (): Promise<void> => {
    readinessOf(app).forEach((readiness) => readiness.beginShutdown());
    server.begin();
    await sleep(unreadyForMs);
    server.close();
    const cut = setTimeout(() => server.cut(), drainMs);
    await close().finally(() => clearTimeout(cut));
  };
  const stop = async (): Promise<void> => (stopping ??= run());
  stopAt(signals, stop, unreadyForMs + drainMs + LAST_MS);
  return { stop };
}

/** The first signal starts the shutdown, the second ends the process. */
function stopAt(signals: readonly NodeJS.Signals[], stop: () => Promise<void>, longestMs: number): void {
  const logger = new Logger('ConnectionsShutdown');
  let isStopping = false;
  const handle = (signal: NodeJS.Signals): void => {
    if (isStopping) {
      process.exit(1);
    }
    isStopping = true;
    logger.log(`${signal}: stopping, in ${longestMs} ms at the latest. A second signal stops at once.`);
    setTimeout(() => process.exit(1), longestMs).unref();
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error(`The shutdown failed: ${error instanceof Error ? error.name : 'unknown'}`);
        process.exit(1);
      },
    );
  };
  signals.forEach((signal) => process.on(signal, handle));
}

/** One for each registration of the module, whatever its token; none when it is not imported. */
function readinessOf(app: INestApplication): readonly ConnectionsReadiness[] {
  return [...app.get(ModulesContainer).values()]
    .flatMap(({ providers }) => [...providers.values()].map(({ instance }): unknown => instance))
    .filter((instance) => instance instanceof ConnectionsReadiness);
}
