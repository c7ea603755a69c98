import type { EntityManager } from 'typeorm';
import type {
  ANY_TYPE,
  ConnectionEvent,
  ConnectionEventType,
  OnConnectionEventOptions,
} from '../../events/index.js';
import { registeredUnder } from '../../events/on-connection-event.decorator.js';
import { transactionTopic } from './handler-names.js';

/**
 * Decorates a method that takes the events of these types, more of them, or nothing, and the manager of the transaction.
 *
 * @public
 */
export type TransactionHandlerDecorator<T extends ConnectionEventType> = <
  Handler extends (event: ConnectionEvent<T>, manager: EntityManager) => unknown,
>(
  target: object,
  name: string | symbol,
  method: TypedPropertyDescriptor<Handler>,
) => void;

/**
 * Marks a method of any provider as handler of events that `EventConsumerModule` receives. What it writes with its second
 * argument, the `EntityManager` of a transaction, is committed together with the row that records the event, or not at all:
 * such a write happens once for each event. Handlers of one event run one after the other, since they share one
 * session.
 *
 * The handlers of the publishing process are `@OnConnectionEvent()`: it has no such transaction, and does not call these.
 *
 * @param type - one, a list, or `'*'`
 * @param options - `instance` limits it to events of one registration
 * @example
 * ```ts
 * @OnConnectionEventInTransaction('connection.created')
 * async open(event: ConnectionCreatedEvent, manager: EntityManager): Promise<void> {
 *   await manager.insert(Ledger, { connectionId: event.connectionId });
 * }
 * ```
 * @public
 */
export function OnConnectionEventInTransaction<const T extends ConnectionEventType = ConnectionEventType>(
  type: T | readonly T[] | typeof ANY_TYPE,
  options: OnConnectionEventOptions = {},
): TransactionHandlerDecorator<T> {
  const types = [type].flat() as readonly (T | typeof ANY_TYPE)[];
  return registeredUnder(types.map((one) => transactionTopic(one, options.instance)));
}
