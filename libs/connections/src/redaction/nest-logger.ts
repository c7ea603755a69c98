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
      logger[level]?.(...(values.map(logged) as [unknown, ...unknown[]]));
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

/** Nest calls a function that is logged, unless it is a class, and logs what it returns. */
function logged(value: unknown): unknown {
  return typeof value === 'function' && !String(value).startsWith('class ')
    ? () => redact((value as () => unknown)())
    : redact(value);
}
