import { Injectable } from '@nestjs/common';
import type { LocalConnection } from '../../connections/remote-diff.js';
import { UnitOfWork, type Transaction } from '../../database/unit-of-work.js';
import { ConnectionsError } from '../../errors/index.js';
import type { ConnectionEvent } from '../../events/index.js';
import { OutboxRelayService } from '../../outbox/outbox-relay.service.js';
import { OutboxService } from '../../outbox/outbox.service.js';

/**
 * Tells the host of a connection that nothing happened to: once, whoever of the replicas looks first.
 *
 * @internal
 */
@Injectable()
export class NoticeService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly outbox: OutboxService,
    private readonly relay: OutboxRelayService,
  ) {}

  /**
   * Writes an event, and with it the mark that it was told.
   *
   * @param mark - fails the transaction when the connection is another by now
   */
  async tell(
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
      // It changed meanwhile, or another replica told: the next round looks again.
    }
  }
}
