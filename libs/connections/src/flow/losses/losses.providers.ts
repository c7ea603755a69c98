import type { Provider } from '@nestjs/common';
import { LossPolicy } from './loss-policy.service.js';
import { RemoteConnections } from './remote-connections.service.js';

/**
 * Losses: connections, users and tokens that Powens no longer finds.
 *
 * @internal
 */
export const LOSSES_PROVIDERS: Provider[] = [LossPolicy, RemoteConnections];
