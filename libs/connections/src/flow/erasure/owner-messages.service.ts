import { Injectable } from '@nestjs/common';
import type { PowensUserState } from '../../custody/powens-user-lease.repository.js';
import type { Transaction } from '../../database/unit-of-work.js';
import { OutboxRelayService } from '../../outbox/outbox-relay.service.js';
import { OutboxRepository } from '../../outbox/outbox.repository.js';
import { InboxRepository } from '../../webhooks/inbox.repository.js';

/**
 * Removes the messages of an owner from outbox and inbox. One last event, `user.deleted`, stays until it is delivered.
 *
 * @internal
 */
@Injectable()
export class OwnerMessages {
  constructor(
    private readonly inbox: InboxRepository,
    private readonly outbox: OutboxRepository,
    private readonly relay: OutboxRelayService,
  ) {}

  /**
   * Adds the removal and, with `notify`, the last event to the transaction that erases the owner.
   */
  erase({ owner, userId, powensUserId }: PowensUserState, tx: Transaction, notify: boolean): void {
    this.outbox.eraseOwner(owner, tx);
    this.inbox.eraseUser({ userId, powensUserId }, tx);
    if (!notify) {
      return;
    }
    this.outbox.append(
      [
        {
          type: 'user.deleted',
          ownerId: owner.id,
          tenant: owner.tenant,
          attemptId: null,
          connectionId: null,
          powensConnectionId: null,
          powensUserId,
          data: {},
        },
      ],
      tx,
    );
  }

  /** Wakes the relay after the commit. */
  wakeRelay(): void {
    this.relay.wake();
  }
}
