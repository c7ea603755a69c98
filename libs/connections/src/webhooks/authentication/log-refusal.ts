import type { Logger } from '@nestjs/common';
import { WebhookError } from '../../errors/index.js';
import { webhooksRefused } from '../../telemetry/metrics.js';

/** Logs and counts why a webhook was refused: the reason is for the operator, not for the sender. Does nothing for other errors. */
export function logWebhookRefusal(logger: Logger, error: unknown): void {
  if (error instanceof WebhookError && error.reason !== null) {
    webhooksRefused.add(1, error.reason);
    logger.warn(`Security: a webhook was refused (${error.reason})`);
  }
}
