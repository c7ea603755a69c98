import { Logger, type LoggerService } from '@nestjs/common';
import { DEFAULT_INSTANCE } from '../../connections.constants.js';
import { logFields } from './log-context.js';
import { LEVELS, type ResolvedLogs } from './logs-option.js';
import type { LogFields, LogsLevel } from './logs-options.interface.js';

/** A level of a line. */
type LineLevel = Exclude<LogsLevel, 'silent'>;

const TO_NEST: ResolvedLogs = { level: 'log', format: 'text', logger: null };

/**
 * The logger of one part of a registration. The context of its lines names the registration, as `ConnectionsFlow:banks`;
 * that of the default one is the part alone.
 *
 * @param options - those of the registration; without `logs` the lines are sentences for Nest's logger
 * @internal
 */
export function loggerOf(
  part: string,
  { instance, logs = TO_NEST }: { readonly instance: string; readonly logs?: ResolvedLogs },
): Logger {
  return new PartLogger(instance === DEFAULT_INSTANCE ? part : `${part}:${instance}`, logs);
}

/** Writes a line as option `logs` says. The last argument of a line may be its fields. */
class PartLogger extends Logger {
  constructor(
    protected override readonly context: string,
    private readonly logs: ResolvedLogs,
  ) {
    super(context);
  }

  override fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  override error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  override warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  override log(message: unknown, ...rest: unknown[]): void {
    this.write('log', message, rest);
  }

  override debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  override verbose(message: unknown, ...rest: unknown[]): void {
    this.write('verbose', message, rest);
  }

  /** As Nest's logger, a line of an error may have its stack as a text. */
  private write(level: LineLevel, message: unknown, [last]: unknown[]): void {
    const { level: least, format, logger } = this.logs;
    if (LEVELS.indexOf(level) > LEVELS.indexOf(least)) {
      return;
    }
    const known = typeof last === 'string' ? { stack: last } : (last as LogFields | undefined);
    const [line, ...more] =
      format === 'object'
        ? [{ message, ...logFields(), ...known }]
        : [message, ...(known?.stack === undefined ? [] : [known.stack])];
    if (logger === null) {
      super[level](line, ...more);
    } else {
      send(logger, level, [line, ...more, this.context]);
    }
  }
}

/** A logger may have no method for every level. */
function send(logger: LoggerService, level: LineLevel, [line, ...more]: unknown[]): void {
  const method = level === 'fatal' && logger.fatal === undefined ? 'error' : level;
  logger[method]?.(line, ...more);
}
