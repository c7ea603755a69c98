import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { Transaction } from '../database/unit-of-work.js';
import type { ConnectionEvent } from '../events/index.js';
import { OutboxRepository, type LateIds, type NewMessage } from './outbox.repository.js';

/** An event as the flow creates it; the outbox adds id, version and time. */
export type EventToAppend = Omit<ConnectionEvent, 'id' | 'version' | 'occurredAt'> & {
  readonly lateIds?: LateIds;
};

/**
 * Stores events in the transaction that they report.
 *
 * @internal
 */
@Injectable()
export class OutboxService {
  constructor(private readonly repository: OutboxRepository) {}

  /**
   * Appends events. They are delivered after the transaction is committed, at least once, in order per connection.
   *
   * @see RL-03, RL-20
   */
  append(events: readonly EventToAppend[], tx: Transaction): void {
    const occurredAt = new Date().toISOString();
    const stamped = events.map(({ lateIds, ...event }): NewMessage => ({
      event: { id: uuidv7(), version: 1, occurredAt, ...event },
      lateIds,
    }));
    this.repository.insertAll(stamped, tx);
  }
}
