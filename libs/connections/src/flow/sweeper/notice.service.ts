import { Injectable } from '@nestjs/common';
import type { LocalConnection } from '../../connections/remote-diff.js';
import { UnitOfWork, type Transaction } from '../../database/unit-of-work.js';
import { ConnectionsError } from '../../errors/index.js';
import type { ConnectionEvent } from '../../events/index.js';
import { OutboxRelayService } from '../../outbox/outbox-relay.service.js';
import { OutboxRepository } from '../../outbox/outbox.repository.js';

/**
 * Notifies the host of an expiring or silent connection, once across all replicas.
 *
 * @internal
 */
@Injectable()
export class NoticeService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly outbox: OutboxRepository,
    private readonly relay: OutboxRelayService,
  ) {}

  /**
   * Appends an event and marks the connection as notified, in one transaction.
   *
   * @param mark - fails the transaction when the connection changed meanwhile
   */
  async notify(
    local: LocalConnection,
    { type, data }: Pick<ConnectionEvent, 'type' | 'data'>,
    mark: (tx: Transaction) => void,
  ): Promise<void> {
    try {
      await this.unitOfWork.run((tx) => {
        mark(tx);
        this.outbox.append(
          [
            {
              type,
              ownerId: local.owner.id,
              tenant: local.owner.tenant,
              attemptId: null,
              connectionId: local.id,
              powensConnectionId: local.powensConnectionId,
              powensUserId: null,
              data,
            },
          ],
          tx,
        );
      });
      this.relay.wake();
    } catch (error) {
      if (!(error instanceof ConnectionsError && error.code === 'busy')) {
        throw error;
      }
      // It changed meanwhile, or another replica notified the host: the next sweep checks again.
    }
  }
}
