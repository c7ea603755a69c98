import type { Provider } from '@nestjs/common';
import { ConnectionsDatabase } from './connections-database.js';
import { UnitOfWork } from './unit-of-work.js';

/**
 * Sessions and transactions.
 *
 * @internal
 */
export const DATABASE_PROVIDERS: Provider[] = [ConnectionsDatabase, UnitOfWork];
