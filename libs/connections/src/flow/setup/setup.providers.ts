import type { Provider } from '@nestjs/common';
import { ConnectionsReadiness } from './connections-readiness.service.js';
import { RedirectUriPreflight } from './redirect-uri-preflight.service.js';
import { WebhookRegistrationService } from './webhook-registration.service.js';

/**
 * Readiness, and checks of the setup.
 *
 * @internal
 */
export const SETUP_PROVIDERS: Provider[] = [
  WebhookRegistrationService,
  ConnectionsReadiness,
  RedirectUriPreflight,
];
