import type { LoggerService } from '@nestjs/common';
import { group } from '../schema/group.js';
import type { OptionSet, ValuesOf } from '../schema/option.js';
import { hasMethod, own, word } from '../schema/values.js';
import type { LogsLevel, LogsOptions } from './logs-options.interface.js';

/** From the one that hides every line to the one that hides none. */
export const LEVELS = [
  'silent',
  'fatal',
  'error',
  'warn',
  'log',
  'debug',
  'verbose',
] as const satisfies LogsLevel[];

const OPTIONS = {
  level: word<LogsLevel>(LEVELS, 'log'),
  format: word(['text', 'object'], 'text'),
  logger: own<LoggerService>(
    (given) => ['log', 'warn', 'error'].every((name) => hasMethod(name)(given)),
    'must be a LoggerService of Nest, with log(), warn() and error().',
  ),
} satisfies OptionSet & Record<keyof LogsOptions, unknown>;

/**
 * The log lines as the rest of the library writes them.
 *
 * @internal
 */
export type ResolvedLogs = ValuesOf<typeof OPTIONS>;

/**
 * Option `logs`.
 *
 * @internal
 */
export const logsOption = group(OPTIONS);
