import { handlerName, type ANY_TYPE, type ConnectionEventType } from '../../events/index.js';

/** The name under which handlers that need a transaction are registered: the relay of a publishing process must not find them. */
export function transactionHandlerName(
  type: ConnectionEventType | typeof ANY_TYPE,
  instance?: string,
): string {
  return `in-transaction:${handlerName(type, instance)}`;
}
