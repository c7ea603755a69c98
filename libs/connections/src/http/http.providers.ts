import type { Provider } from '@nestjs/common';
import { OwnerGate } from './owner.gate.js';
import { UnreadableRequests } from './unreadable-requests.service.js';
import { BootProbe } from './boot-probe.service.js';
import { WebhookIntake } from './webhooks/webhook-intake.service.js';

/**
 * The providers of this module's routes; a host with its own routes needs none of them.
 *
 * @internal
 */
export const ROUTES_PROVIDERS: Provider[] = [OwnerGate, WebhookIntake, BootProbe, UnreadableRequests];
