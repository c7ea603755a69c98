import { Inject, Injectable } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import type { ConnectionEvent, ConnectionEventOf, ConnectionEventType } from '../../events/index.js';
import { EventHandlers } from '../../outbox/delivery/event-handlers.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { eventOf, type GivenEvent } from './event-defaults.js';
import type { StoredConnection } from './memory-store.js';

/** Records events, and calls the handlers of the host without an outbox in between. */
@Injectable()
export class TestEvents {
  readonly recorded: ConnectionEvent[] = [];
  readonly #handlers: EventHandlers;

  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: Pick<ResolvedOptions, 'instance'>,
    emitter: EventEmitter2,
  ) {
    this.#handlers = new EventHandlers(emitter, options);
  }

  async emit<T extends ConnectionEventType>(type: T, given: GivenEvent<T>): Promise<ConnectionEventOf<T>> {
    const event = eventOf(type, this.options.instance, given);
    this.recorded.push(event);
    await this.#handlers.call(event, new Set());
    return event as ConnectionEventOf<T>;
  }

  /** An event about a connection. */
  async about<T extends ConnectionEventType>(
    type: T,
    { owner, connection }: StoredConnection,
    data: Partial<ConnectionEventOf<T>['data']>,
  ): Promise<void> {
    const { id: connectionId, powensConnectionId } = connection;
    await this.emit(type, {
      ownerId: owner.id,
      tenant: owner.tenant,
      connectionId,
      powensConnectionId,
      data,
    });
  }
}
