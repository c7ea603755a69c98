import { CreateConsumedEvent1790000000001 } from './1790000000001-create-consumed-event.js';
import { ConsumedEventEntity } from './consumed-event.entity.js';

/**
 * The entities that a consuming application adds to its DataSource.
 *
 * @public
 */
export const EVENT_CONSUMER_ENTITIES = [ConsumedEventEntity] as const;

/**
 * The migrations that a consuming application adds to its DataSource, in order.
 *
 * @public
 */
export const EVENT_CONSUMER_MIGRATIONS = [CreateConsumedEvent1790000000001] as const;
