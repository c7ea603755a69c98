import { CreateConnectionsSchema1790000000000 } from './migrations/1790000000000-create-connections-schema.js';

export { CONNECTIONS_ENTITIES } from './tables.js';

/**
 * The migrations that the host adds to its DataSource, in order.
 *
 * @public
 */
export const CONNECTIONS_MIGRATIONS = [CreateConnectionsSchema1790000000000] as const;
