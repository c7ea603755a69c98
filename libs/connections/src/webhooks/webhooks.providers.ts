import type { Provider } from '@nestjs/common';
import { WebhookAuthenticator } from './authentication/webhook-authenticator.service.js';
import { InboxRepository } from './inbox.repository.js';

/**
 * Webhooks: authenticated and stored.
 *
 * @internal
 */
export const INBOX_PROVIDERS: Provider[] = [InboxRepository, WebhookAuthenticator];
