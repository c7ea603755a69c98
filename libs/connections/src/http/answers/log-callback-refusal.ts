import type { Logger } from '@nestjs/common';
import { CallbackRefusedError } from '../../errors/index.js';

/** Logs why a callback was refused: for the operator, since the answer is the same for all reasons. Does nothing for other errors. */
export function logCallbackRefusal(logger: Logger, error: unknown): void {
  if (error instanceof CallbackRefusedError) {
    const isSerious = error.reason === 'code_substitution' || error.reason === 'foreign_principal';
    logger[isSerious ? 'warn' : 'log'](`Security: a callback was refused (${error.reason})`);
  }
}
