import type { EventEmitter2 } from '@nestjs/event-emitter';
import { v5 as uuidv5 } from 'uuid';
import type { ConnectionEventType } from './connection-event.js';

// Keeps the host's own `connection.created`, if it has one, apart from ours on its own emitter.
const NAMESPACE = 'connections:';

/** Between what a handler takes and who it is, in the name under which the emitter has it. */
const SEPARATOR = '|';

/** Also of handlers that need a transaction, whose topics have more in front. */
const HANDLER_NAME = /^(?<topic>(?:[\w-]+:)?connections:[^|]+)\|(?<id>.+)$/;

/** Namespace of the digests of their code. */
const CODE_OF_HANDLERS = '0a7be0bb-2b1f-5a9c-9d0e-6f6c1d6b8f11';

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
  const code = uuidv5(String(method), CODE_OF_HANDLERS).slice(0, 8);
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

/** What the name of a handler says; null for the host's own handlers of other events. */
type ParsedName = { readonly topic: string; readonly id: string } | null;

/**
 * The handlers that an emitter has.
 *
 * @internal
 */
export class RegisteredHandlers {
  // Looked at for each event, beside all that the host listens to.
  readonly #parsed = new Map<string | symbol, ParsedName>();

  constructor(private readonly emitter: EventEmitter2) {}

  /** Whether there is one of some topics, or of any. */
  some(topics: ReadonlySet<string> | null): boolean {
    return this.names().some((name) => this.idOf(name, topics) !== null);
  }

  /** Those of some topics. */
  of(topics: ReadonlySet<string>): HandlersById {
    const handlers = new Map<string, RegisteredHandler[]>();
    for (const name of this.names()) {
      const id = this.idOf(name, topics);
      if (id !== null) {
        const known = handlers.get(id) ?? [];
        handlers.set(id, [...known, ...(this.emitter.listeners(name) as RegisteredHandler[])]);
      }
    }
    return handlers;
  }

  private names(): readonly (string | symbol)[] {
    return this.emitter.eventNames() as (string | symbol)[];
  }

  /** The id of a handler, if it has one of the topics. */
  private idOf(name: string | symbol, topics: ReadonlySet<string> | null): string | null {
    let parsed = this.#parsed.get(name);
    if (parsed === undefined) {
      parsed = parsedName(String(name));
      this.#parsed.set(name, parsed);
    }
    return parsed !== null && topics?.has(parsed.topic) !== false ? parsed.id : null;
  }
}

function parsedName(name: string): ParsedName {
  const { topic, id } = HANDLER_NAME.exec(name)?.groups ?? {};
  return topic === undefined || id === undefined ? null : { topic, id };
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
  const names: string[] = [];
  const failures = await Promise.all(
    due.map(async ([id, ofOneId]) => {
      // Called one by one rather than with `emitAsync`, which settles with the first failure while others still run.
      const results = await Promise.allSettled(ofOneId.map(async (handler) => handler(event)));
      const failed = results.filter((result) => result.status === 'rejected');
      if (failed.length === 0) {
        completed.add(id);
      } else {
        names.push(nameOf(id));
      }
      return failed.map(({ reason }): unknown => reason);
    }),
  );
  const reasons = failures.flat();
  if (reasons.length > 0) {
    const called = due.reduce((sum, [, ofOneId]) => sum + ofOneId.length, 0);
    const message = `${reasons.length} of ${called} handlers of ${event.type} failed (${names.join(', ')})`;
    throw new AggregateError(reasons, message);
  }
}

/** The class and method of a handler. */
function nameOf(id: string): string {
  return id.replace(/:[0-9a-f]+$/, '');
}
