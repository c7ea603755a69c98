import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { startHost } from './bootstrap.js';
import { stopOnSignals } from './stop-on-signals.js';

const logger = new Logger('Host');

try {
  stopOnSignals(await startHost(), logger);
} catch (error) {
  // Mistakes of the environment say what to change; a stack would only hide that.
  logger.error(error instanceof Error ? error.message : 'The host could not start');
  process.exitCode = 1;
}
