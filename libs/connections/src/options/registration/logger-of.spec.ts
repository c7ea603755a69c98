import { Logger, type LoggerService } from '@nestjs/common';
import { describe, expect, it, vi } from 'vitest';
import { withLogFields } from './log-context.js';
import { loggerOf } from './logger-of.js';
import type { ResolvedLogs } from './logs-option.js';

const STACK = 'Error: made up\n    at somewhere';

function written(logs: Partial<ResolvedLogs>, write: (logger: Logger) => void): unknown[][] {
  const lines: unknown[][] = [];
  const keep =
    (level: string) =>
    (...given: unknown[]): void => {
      lines.push([level, ...given]);
    };
  const logger: LoggerService = { log: keep('log'), warn: keep('warn'), error: keep('error') };
  write(
    loggerOf('ConnectionsTest', {
      instance: 'banks',
      logs: { level: 'log', format: 'text', logger, ...logs },
    }),
  );
  return lines;
}

describe(loggerOf.name, () => {
  it('should keep the stack of an error, as Nest gives it and as a field', () => {
    for (const last of [STACK, { stack: STACK }]) {
      const write = (logger: Logger): void => {
        logger.error('it failed', last);
      };
      expect(written({}, write)).toEqual([['error', 'it failed', STACK, 'ConnectionsTest:banks']]);
      expect(written({ format: 'object' }, write)).toEqual([
        ['error', { message: 'it failed', stack: STACK }, 'ConnectionsTest:banks'],
      ]);
    }
  });

  it('should pass the stack on to the logger of Nest', () => {
    const error = vi.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    loggerOf('ConnectionsTest', { instance: 'default' }).error('it failed', STACK);
    expect(error).toHaveBeenCalledWith('it failed', STACK);
  });

  it('should write a fatal line as an error where the logger of the host has no such level, and skip others', () => {
    const lines = written({ level: 'verbose' }, (logger) => {
      logger.fatal('the end');
      logger.debug('too much');
    });
    expect(lines).toEqual([['error', 'the end', 'ConnectionsTest:banks']]);
  });

  it('should give objects the fields of what runs, and none where lines are sentences', () => {
    const fields = { attemptId: 'a1' };
    const write = (logger: Logger): void => {
      logger.log('done', { status: 200 });
    };
    const inside = (logs: Pick<ResolvedLogs, 'format'>): unknown[][] =>
      written(logs, (logger) => {
        withLogFields({ logs: { level: 'log', logger: null, ...logs } }, fields, () => {
          write(logger);
        });
      });
    expect(inside({ format: 'object' })).toEqual([
      ['log', { message: 'done', attemptId: 'a1', status: 200 }, 'ConnectionsTest:banks'],
    ]);
    expect(inside({ format: 'text' })).toEqual([['log', 'done', 'ConnectionsTest:banks']]);
    expect(written({ format: 'object' }, write)).toEqual([
      ['log', { message: 'done', status: 200 }, 'ConnectionsTest:banks'],
    ]);
  });
});
