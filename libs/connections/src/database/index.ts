import { CreateConnectionsSchema1790000000000 } from './migrations/1790000000000-create-connections-schema.js';
import { ReceiveWebhooks1790100000000 } from './migrations/1790100000000-receive-webhooks.js';
import { DescribeConnections1790200000000 } from './migrations/1790200000000-describe-connections.js';

export { CONNECTIONS_ENTITIES } from './tables.js';

/**
 * The migrations that the host adds to its DataSource, in order.
 *
 * @public
 */
export const CONNECTIONS_MIGRATIONS = [
  CreateConnectionsSchema1790000000000,
  ReceiveWebhooks1790100000000,
  DescribeConnections1790200000000,
] as const;
