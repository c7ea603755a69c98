import { Injectable } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { ANY_TYPE, CONNECTION_EVENT_TYPES, handlerName, type ConnectionEvent } from '../events/index.js';
import type { EventPublisher } from './event-publisher.interface.js';

/**
 * Publishes to the methods marked with `@OnConnectionEvent()`. All handlers run, even if one of them fails; the
 * event counts as handled when none failed.
 *
 * @see RL-26
 * @internal
 */
@Injectable()
export class EmitterEventPublisher implements EventPublisher {
  constructor(private readonly emitter: EventEmitter2) {}

  hasHandlers(): boolean {
    return [...CONNECTION_EVENT_TYPES, ANY_TYPE].some(
      (type) => this.emitter.listenerCount(handlerName(type as ConnectionEvent['type'])) > 0,
    );
  }

  async publish(event: ConnectionEvent): Promise<void> {
    const handlers = [
      ...this.emitter.listeners(handlerName(event.type)),
      ...this.emitter.listeners(handlerName(ANY_TYPE)),
    ];
    // Called one by one rather than with `emitAsync`, which settles with the first failure while others still run.
    const results = await Promise.allSettled(handlers.map(async (handler) => handler(event) as unknown));
    const failures = results
      .filter((result) => result.status === 'rejected')
      .map(({ reason }): unknown => reason);
    if (failures.length > 0) {
      throw new AggregateError(
        failures,
        `${failures.length} of ${handlers.length} handlers of ${event.type} failed`,
      );
    }
  }
}
