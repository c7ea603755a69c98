import { applyDecorators } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import type { ConnectionEvent, ConnectionEventType } from './connection-event.js';

// Keeps the host's own `connection.created`, if it has one, apart from ours on its own emitter.
const NAMESPACE = 'connections:';

/** The name that stands for every type. */
export const ANY_TYPE = '*';

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
 * The name under which handlers of a type are registered, for one registration or for all.
 *
 * @internal
 */
export function handlerName(type: ConnectionEventType | typeof ANY_TYPE, instance?: string): string {
  return instance === undefined ? `${NAMESPACE}${type}` : `${NAMESPACE}${instance}:${type}`;
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
 * throws, the event is delivered again later, to all of its handlers: deduplicate by `event.id`. A method whose parameter is an
 * event of another type does not compile.
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
  // `suppressErrors` defaults to true: a handler that throws would count as delivered (nestjs/nest#15146).
  const decorators = types.map((one) =>
    OnEvent(handlerName(one, options.instance), { suppressErrors: false }),
  );
  return applyDecorators(...decorators);
}
