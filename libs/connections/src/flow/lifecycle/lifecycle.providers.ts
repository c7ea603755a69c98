import type { Provider } from '@nestjs/common';
import { PowensRemoval } from './powens-removal.service.js';
import { RemovalService } from './removal.service.js';
import { RefreshService } from './refresh.service.js';

/**
 * Synchronisation and removal of connections.
 *
 * @internal
 */
export const LIFECYCLE_PROVIDERS: Provider[] = [RefreshService, PowensRemoval, RemovalService];
