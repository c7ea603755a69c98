import type { Provider } from '@nestjs/common';
import { ConnectionChangesRepository } from './connection-changes.repository.js';
import { ConnectionMetadataRepository } from './connection-metadata.repository.js';
import { ConnectionRepository } from './connection.repository.js';
import { GoneConnectionsRepository } from './gone-connections.repository.js';
import { RemovalRepository } from './removal.repository.js';
import { SilentConnectionsRepository } from './silent-connections.repository.js';
import { UnconfirmedRepository } from './unconfirmed.repository.js';

/**
 * Rows of connections.
 *
 * @internal
 */
export const CONNECTION_REPOSITORIES: Provider[] = [
  ConnectionRepository,
  ConnectionMetadataRepository,
  ConnectionChangesRepository,
  SilentConnectionsRepository,
  UnconfirmedRepository,
  RemovalRepository,
  GoneConnectionsRepository,
];
