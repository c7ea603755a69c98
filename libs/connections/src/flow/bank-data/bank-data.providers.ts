import type { Provider } from '@nestjs/common';
import { PowensService } from './powens.service.js';
import { WebhookPayloads } from './webhook-payloads.service.js';

/**
 * Bank data of an owner.
 *
 * @internal
 */
export const BANK_DATA_PROVIDERS: Provider[] = [WebhookPayloads, PowensService];
