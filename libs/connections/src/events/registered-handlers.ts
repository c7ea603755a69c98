import { createHash } from 'node:crypto';
import type { EventEmitter2 } from '@nestjs/event-emitter';
import type { ConnectionEventType } from './connection-event.js';

// Keeps the host's own `connection.created`, if it has one, apart from ours on its own emitter.
const NAMESPACE = 'connections:';

/** Between what a handler takes and who it is, in the name under which the emitter has it. */
const SEPARATOR = '|';

/** Also of handlers that need a transaction, whose topics have more in front. */
const HANDLER_NAME = /^([\w-]+:)?connections:[^|]+\|/;

/** The name that stands for every type. */
export const ANY_TYPE = '*';

/** A method of a provider, as the emitter calls it. */
export type RegisteredHandler = (...values: unknown[]) => unknown;

/** Handlers by their id. One id has several when providers share a class. */
export type HandlersById = ReadonlyMap<string, readonly RegisteredHandler[]>;

/**
 * What handlers of a type take, for one registration or for all.
 *
 * @internal
 */
export function handlerTopic(type: ConnectionEventType | typeof ANY_TYPE, instance?: string): string {
  return instance === undefined ? `${NAMESPACE}${type}` : `${NAMESPACE}${instance}:${type}`;
}

/**
 * Distinguishes one handler from another, in this process and in the next ones: the names of its class and method, and a digest of its
 * code. A bundler may give a class the short name that another one had before; with its code, it is not taken for that one.
 *
 * @internal
 */
export function handlerId(target: object, name: string | symbol, method: unknown): string {
  const code = createHash('sha256').update(String(method)).digest('hex').slice(0, 8);
  return `${target.constructor.name}.${String(name)}:${code}`;
}

/**
 * The name under which the emitter has a handler.
 *
 * @internal
 */
export function handlerName(topic: string, id: string): string {
  return `${topic}${SEPARATOR}${id}`;
}

/**
 * The handlers of some topics.
 *
 * @internal
 */
export function registeredHandlers(emitter: EventEmitter2, topics: ReadonlySet<string>): HandlersById {
  const handlers = new Map<string, RegisteredHandler[]>();
  for (const name of emitter.eventNames()) {
    const [topic = '', id] = String(name).split(SEPARATOR, 2);
    if (id !== undefined && topics.has(topic)) {
      const known = handlers.get(id) ?? [];
      handlers.set(id, [...known, ...(emitter.listeners(name) as RegisteredHandler[])]);
    }
  }
  return handlers;
}

/**
 * Whether there is a handler, of any topic.
 *
 * @internal
 */
export function hasRegisteredHandlers(emitter: EventEmitter2): boolean {
  // The emitter has the host's own handlers of other events as well.
  return emitter.eventNames().some((name) => HANDLER_NAME.test(String(name)));
}

/**
 * Calls the handlers of an event at the same time, even if one of them fails, but for those that have completed it already.
 *
 * @param completed - ids of handlers that have completed the event. Those that complete it now are added, also the ones that
 *   do so after the call was given up
 * @throws AggregateError when at least one failed
 * @see RL-26, RL-27
 * @internal
 */
export async function callHandlers(
  event: { readonly type: string },
  handlers: HandlersById,
  completed: Set<string>,
): Promise<void> {
  const due = [...handlers].filter(([id]) => !completed.has(id));
  const failures = await Promise.all(
    due.map(async ([id, ofOneId]) => {
      // Called one by one rather than with `emitAsync`, which settles with the first failure while others still run.
      const results = await Promise.allSettled(ofOneId.map(async (handler) => handler(event)));
      const failed = results.filter((result) => result.status === 'rejected');
      if (failed.length === 0) {
        completed.add(id);
      }
      return failed.map(({ reason }): unknown => reason);
    }),
  );
  const reasons = failures.flat();
  if (reasons.length > 0) {
    const called = due.reduce((sum, [, ofOneId]) => sum + ofOneId.length, 0);
    throw new AggregateError(reasons, `${reasons.length} of ${called} handlers of ${event.type} failed`);
  }
}
