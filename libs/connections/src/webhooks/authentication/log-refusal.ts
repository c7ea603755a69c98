import type { Logger } from '@nestjs/common';
import { WebhookError } from '../../errors/index.js';

/** Logs why a webhook was refused: the reason is for the operator, not for the sender. Does nothing for other errors. */
export function logWebhookRefusal(logger: Logger, error: unknown): void {
  if (error instanceof WebhookError && error.reason !== null) {
    logger.warn(`Security: a webhook was refused (${error.reason})`);
  }
}
