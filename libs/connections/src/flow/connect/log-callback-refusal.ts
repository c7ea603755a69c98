import type { Logger } from '@nestjs/common';
import { CallbackRefusedError, type CallbackRefusal } from '../../errors/index.js';

const SERIOUS: readonly CallbackRefusal[] = ['code_substitution', 'foreign_principal', 'foreign_ticket'];

/** Logs why a callback was refused: for the operator, since the answer is the same for all reasons. Does nothing for other errors. */
export function logCallbackRefusal(logger: Logger, error: unknown): void {
  if (error instanceof CallbackRefusedError) {
    const isSerious = SERIOUS.includes(error.reason);
    logger[isSerious ? 'warn' : 'log'](`Security: a callback was refused (${error.reason})`);
  }
}
