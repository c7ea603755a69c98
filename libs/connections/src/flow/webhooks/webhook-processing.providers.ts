import type { Provider } from '@nestjs/common';
import { InboxProcessor } from './inbox-processor.service.js';
import { WebhookProcessing } from './webhook-processing.service.js';
import { WebhookReceiver } from './webhook-receiver.service.js';
import { WebhookSubjects } from './webhook-subject.service.js';

/**
 * Webhooks: received, then processed in the background.
 *
 * @internal
 */
export const WEBHOOK_PROVIDERS: Provider[] = [
  WebhookSubjects,
  WebhookProcessing,
  InboxProcessor,
  WebhookReceiver,
];
