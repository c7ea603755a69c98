import { Injectable } from '@nestjs/common';
import { UnitOfWork, type Transaction } from '../../database/unit-of-work.js';
import { OutboxRelayService } from '../../outbox/outbox-relay.service.js';
import { OutboxRepository, type EventToAppend } from '../../outbox/outbox.repository.js';
import type { Owner } from '../../values/owner.js';

/**
 * Runs transactions that write events: each event is committed with the change that it reports, and delivered immediately.
 *
 * @internal
 */
@Injectable()
export class EventTransaction {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly outbox: OutboxRepository,
    private readonly relay: OutboxRelayService,
  ) {}

  /**
   * Runs the writes that `collect` adds, and wakes the relay.
   *
   * @param collect - `emit` adds events to the same transaction
   * @throws as {@link UnitOfWork.run}
   */
  async run(collect: (tx: Transaction, emit: (...events: EventToAppend[]) => void) => void): Promise<void> {
    await this.unitOfWork.run((tx) => {
      collect(tx, (...events) => {
        this.outbox.append(events, tx);
      });
    });
    this.relay.wake();
  }

  /** Adds events to a transaction of the caller. Unless the caller wakes the relay, its next poll delivers them. */
  append(events: readonly EventToAppend[], tx: Transaction): void {
    this.outbox.append(events, tx);
  }

  /** Removes all events of an owner, delivered or not. */
  eraseOwner(owner: Owner, tx: Transaction): void {
    this.outbox.eraseOwner(owner, tx);
  }
}
