import { OnEvent } from '@nestjs/event-emitter';
import type { ConnectionEvent, ConnectionEventType } from './connection-event.js';
import { type ANY_TYPE, handlerId, handlerName, handlerTopic } from './registered-handlers.js';

/**
 * What a handler is limited to.
 *
 * @public
 */
export interface OnConnectionEventOptions {
  /**
   * Name of the registration whose events are handled.
   *
   * @defaultValue the events of every registration; `event.instance` names each one
   */
  readonly instance?: string;
}

/**
 * Decorates a method that takes the events of these types, more of them, or nothing.
 *
 * @public
 */
export type ConnectionEventHandlerDecorator<T extends ConnectionEventType> = <
  Handler extends (event: ConnectionEvent<T>) => unknown,
>(
  target: object,
  name: string | symbol,
  method: TypedPropertyDescriptor<Handler>,
) => void;

/**
 * Marks a method of any provider as handler of a type of event, of several, or of all with `'*'`. The relay awaits it; when it
 * throws, the event is delivered again later, and those handlers that completed it are not called again. A process that ends before
 * that is stored calls all of them: deduplicate by `event.id`. A method whose parameter is an event of another type does not compile.
 *
 * @param type - one, a list, or `'*'`
 * @param options - `instance` limits it to one registration of the module
 * @example
 * ```ts
 * @OnConnectionEvent('connection.created')
 * async openAccount(event: ConnectionCreatedEvent): Promise<void> { … }
 *
 * @OnConnectionEvent(['connection.deleted', 'user.deleted'])
 * async close(event: ConnectionEvent<'connection.deleted' | 'user.deleted'>): Promise<void> { … }
 * ```
 * @public
 */
export function OnConnectionEvent<const T extends ConnectionEventType = ConnectionEventType>(
  type: T | readonly T[] | typeof ANY_TYPE,
  options: OnConnectionEventOptions = {},
): ConnectionEventHandlerDecorator<T> {
  const types = [type].flat() as readonly (T | typeof ANY_TYPE)[];
  return registeredUnder(types.map((one) => handlerTopic(one, options.instance)));
}

/**
 * Decorates a method that is registered with the emitter under some topics and its own id.
 *
 * @internal
 */
export function registeredUnder(
  topics: readonly string[],
): (target: object, name: string | symbol, method: PropertyDescriptor) => void {
  return (target, name, method) => {
    const id = handlerId(target, name, method.value);
    for (const topic of topics) {
      // `suppressErrors` defaults to true: a handler that throws would count as delivered (nestjs/nest#15146).
      OnEvent(handlerName(topic, id), { suppressErrors: false })(target, name, method);
    }
  };
}
