import type { Provider } from '@nestjs/common';
import { DeletionWebhooks } from './deletion-webhooks.service.js';
import { InboxProcessor } from './inbox-processor.service.js';
import { NoticeWebhooks } from './notice-webhooks.service.js';
import { SyncWebhooks } from './sync-webhooks.service.js';
import { UnknownConnections } from './unknown-connections.service.js';
import { WebhookProcessing } from './webhook-processing.service.js';
import { WebhookReceiver } from './webhook-receiver.service.js';
import { WebhookSubjects } from './webhook-subject.service.js';
import { WebhookVerification } from './webhook-verification.service.js';

/**
 * Webhooks: received, then processed in the background.
 *
 * @internal
 */
export const WEBHOOK_PROVIDERS: Provider[] = [
  WebhookVerification,
  UnknownConnections,
  WebhookSubjects,
  SyncWebhooks,
  DeletionWebhooks,
  NoticeWebhooks,
  WebhookProcessing,
  InboxProcessor,
  WebhookReceiver,
];
