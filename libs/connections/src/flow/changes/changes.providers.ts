import type { Provider } from '@nestjs/common';
import { ConnectionChangesService } from './connection-changes.service.js';
import { EventTransaction } from './event-transaction.js';

/**
 * Changes of connections, in one transaction with their events.
 *
 * @internal
 */
export const CHANGES_PROVIDERS: Provider[] = [ConnectionChangesService, EventTransaction];
