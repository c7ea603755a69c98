import { OnEvent } from '@nestjs/event-emitter';
import type { ConnectionEventType } from './connection-event.js';

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
 * Marks a method of any provider as handler of a type of event, or of all with `'*'`. The relay awaits it; when it
 * throws, the event is delivered again later, to all of its handlers: deduplicate by `event.id`.
 *
 * @param options - `instance` limits it to one registration of the module
 * @example
 * ```ts
 * @OnConnectionEvent('connection.created')
 * async openAccount(event: ConnectionCreatedEvent): Promise<void> { … }
 * ```
 * @public
 */
export function OnConnectionEvent(
  type: ConnectionEventType | typeof ANY_TYPE,
  options: OnConnectionEventOptions = {},
): MethodDecorator {
  // `suppressErrors` defaults to true: a handler that throws would count as delivered (nestjs/nest#15146).
  return OnEvent(handlerName(type, options.instance), { suppressErrors: false });
}
