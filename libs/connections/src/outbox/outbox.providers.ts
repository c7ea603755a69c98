import type { Provider } from '@nestjs/common';
import { DeadLettersService } from './dead-letters.service.js';
import { OutboxRelayService } from './outbox-relay.service.js';
import { OutboxRepository } from './outbox.repository.js';

/**
 * Providers that append and deliver events, and manage dead letters.
 *
 * @internal
 */
export const OUTBOX_PROVIDERS: Provider[] = [OutboxRepository, OutboxRelayService, DeadLettersService];
