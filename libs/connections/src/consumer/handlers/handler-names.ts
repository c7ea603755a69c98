import type { ANY_TYPE, ConnectionEventType } from '../../events/index.js';
import { handlerTopic } from '../../events/registered-handlers.js';

/** What handlers that need a transaction take: the relay of a publishing process must not find them. */
export function transactionTopic(type: ConnectionEventType | typeof ANY_TYPE, instance?: string): string {
  return `in-transaction:${handlerTopic(type, instance)}`;
}
