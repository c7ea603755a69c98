import { Logger } from '@nestjs/common';
import type { LogLevel } from '@nestjs/common';

const LEVELS: LogLevel[] = ['verbose', 'debug', 'log', 'warn', 'error', 'fatal'];

/** Several sandboxes may boot at once: the first lowers the levels, the last puts back what the first found. */
let boots = 0;
let before: LogLevel[] = [];

/**
 * Keeps Nest's boot lines out of the log. Nest logs each route it maps, and its logger is one for the whole process:
 * in the host's own log those lines would drown the host's. Warnings and errors still come through.
 */
export async function withoutBootLines<T>(boot: () => Promise<T>): Promise<T> {
  if (boots === 0) {
    before = LEVELS.filter((level) => Logger.isLevelEnabled(level));
    Logger.overrideLogger(before.filter((level) => !['verbose', 'debug', 'log'].includes(level)));
  }
  boots += 1;
  try {
    return await boot();
  } finally {
    boots -= 1;
    if (boots === 0) {
      Logger.overrideLogger(before);
    }
  }
}
