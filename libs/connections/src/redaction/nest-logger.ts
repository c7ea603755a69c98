import type { LoggerService, LogLevel } from '@nestjs/common';
import { redact } from './redact-value.js';

/**
 * Wraps a logger of Nest, so that no line of the application, of Nest or of a library shows a secret.
 *
 * @example
 * ```ts
 * const app = await NestFactory.create(AppModule, { logger: redactingLogger(new ConsoleLogger()) });
 * ```
 * @public
 */
export function redactingLogger(logger: LoggerService): LoggerService {
  const redacting =
    (level: 'log' | 'error' | 'warn' | 'debug' | 'verbose' | 'fatal') =>
    (...values: unknown[]): unknown =>
      logger[level]?.(...(values.map(redact) as [unknown, ...unknown[]]));
  return {
    log: redacting('log'),
    error: redacting('error'),
    warn: redacting('warn'),
    debug: redacting('debug'),
    verbose: redacting('verbose'),
    fatal: redacting('fatal'),
    setLogLevels: (levels: LogLevel[]): unknown => logger.setLogLevels?.(levels),
  };
}
