import type { LoggerService } from '@nestjs/common';

/**
 * From which level on lines are written: `'silent'` for none, `'debug'` for one line of each call to Powens.
 *
 * @public
 */
export type LogsLevel = 'silent' | 'fatal' | 'error' | 'warn' | 'log' | 'debug' | 'verbose';

/**
 * The log lines of a registration. No line holds a secret, a personal name or an owner, at any level.
 *
 * @public
 */
export interface LogsOptions {
  /**
   * From which level on lines are written. The levels of Nest's logger apply as well.
   *
   * `'silent'` also hides what a person should see: an edited row, a Powens user that was left behind. Use it in tests.
   *
   * @defaultValue 'log'
   */
  level?: LogsLevel;
  /**
   * `'text'`: a sentence. `'object'`: an object of the sentence as `message` and of {@link LogFields}, for loggers that write JSON
   * (`new ConsoleLogger({ json: true })`, pino): one line is one object, searched by its fields.
   *
   * @defaultValue 'text'
   */
  format?: 'text' | 'object';
  /**
   * Where the lines go.
   *
   * @defaultValue Nest's logger: `NestFactory.create(AppModule, { logger })`
   */
  logger?: LoggerService;
}

/**
 * The fields of a line with `format: 'object'`. A line has those that it knows.
 *
 * @public
 */
export interface LogFields {
  /** Id of the attempt, on all lines of its completion. */
  readonly attemptId?: string;
  readonly connectionIds?: readonly string[];
  /** Position of the webhook in the inbox, on all lines of its processing. */
  readonly webhook?: string;
  /** A call to Powens: its method and documented path. */
  readonly operation?: string;
  /** Status of the answer; null when there was none. */
  readonly status?: number | null;
  /** The id that Powens gave the call: its support finds it by that. */
  readonly powensRequestId?: string | null;
  readonly durationMs?: number;
  /** Code of an error: see docs/errors.md. */
  readonly error?: string;
  readonly stack?: string;
}
