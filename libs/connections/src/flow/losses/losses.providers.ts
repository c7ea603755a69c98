import type { Provider } from '@nestjs/common';
import { LossApplication } from './loss-application.service.js';
import { LossPolicy } from './loss-policy.service.js';
import { MissingConnections } from './missing-connections.service.js';
import { PowensUsers } from './powens-users.service.js';
import { RemoteConnections } from './remote-connections.service.js';

/**
 * Losses: connections, users and tokens that Powens no longer finds.
 *
 * @internal
 */
export const LOSSES_PROVIDERS: Provider[] = [
  RemoteConnections,
  PowensUsers,
  LossApplication,
  LossPolicy,
  MissingConnections,
];
