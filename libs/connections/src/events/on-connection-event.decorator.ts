import { OnEvent } from '@nestjs/event-emitter';
import type { ConnectionEventType } from './connection-event.js';

// Keeps the host's own `connection.created`, if it has one, apart from ours on its own emitter.
const NAMESPACE = 'connections:';

/** The name that stands for every type. */
export const ANY_TYPE = '*';

/**
 * The name under which handlers of a type are registered.
 *
 * @internal
 */
export function handlerName(type: ConnectionEventType | typeof ANY_TYPE): string {
  return `${NAMESPACE}${type}`;
}

/**
 * Marks a method of any provider as handler of a type of event, or of all with `'*'`. The relay awaits it; when it
 * throws, the event is delivered again later, to all of its handlers: deduplicate by `event.id`.
 *
 * @example
 * ```ts
 * @OnConnectionEvent('connection.created')
 * async openAccount(event: ConnectionCreatedEvent): Promise<void> { … }
 * ```
 * @public
 */
export function OnConnectionEvent(type: ConnectionEventType | typeof ANY_TYPE): MethodDecorator {
  // `suppressErrors` defaults to true: a handler that throws would count as delivered (nestjs/nest#15146).
  return OnEvent(handlerName(type), { suppressErrors: false });
}
