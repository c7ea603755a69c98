import type { Provider } from '@nestjs/common';
import { ConnectionChangesRepository } from './connection-changes.repository.js';
import { ConnectionRepository } from './connection.repository.js';
import { RemovalRepository } from './removal.repository.js';

/**
 * Rows of connections.
 *
 * @internal
 */
export const CONNECTION_REPOSITORIES: Provider[] = [
  ConnectionRepository,
  ConnectionChangesRepository,
  RemovalRepository,
];
