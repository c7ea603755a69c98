import { Injectable, Logger } from '@nestjs/common';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { ConnectionChangesRepository } from '../../connections/connection-changes.repository.js';
import { OutboxRelayService } from '../../outbox/outbox-relay.service.js';
import { OutboxService } from '../../outbox/outbox.service.js';
import type { InboxMessage } from '../../webhooks/inbox-message.js';
import { ErasureService } from '../lifecycle/erasure.service.js';
import { LivingUsers } from '../lifecycle/living-users.service.js';
import { NotYetError } from './not-yet.error.js';
import type { Processed, Settle } from './settle.js';
import { WebhookSubjects, type WebhookOwner } from './webhook-subject.service.js';

/**
 * `CONNECTION_DELETED` and `USER_DELETED`: what was deleted elsewhere goes here, too.
 *
 * @internal
 */
@Injectable()
export class DeletionWebhooks {
  readonly #logger = new Logger('ConnectionsInbox');

  constructor(
    private readonly subjects: WebhookSubjects,
    private readonly changes: ConnectionChangesRepository,
    private readonly outbox: OutboxService,
    private readonly unitOfWork: UnitOfWork,
    private readonly relay: OutboxRelayService,
    private readonly living: LivingUsers,
    private readonly erasure: ErasureService,
  ) {}

  /**
   * Removes a connection here. Believed without asking: at Powens a deletion is final, and an id is never given twice. The
   * message itself stays as the mark that nothing told of the connection later can bring it back (WH-09).
   */
  async connectionDeleted(message: InboxMessage, settle: Settle): Promise<Processed> {
    const local = await this.subjects.known(message);
    if (local === null || local.status === 'deleting') {
      // Unknown, or on its way: whoever deletes it tells of it.
      return 'processed';
    }
    const account = await this.subjects.account(message);
    if (account?.userId !== local.userId) {
      // A token of one user opens no door to another's connection (bearer mode).
      return 'ignored';
    }
    await this.unitOfWork.run((tx) => {
      this.changes.remove(local, tx);
      this.outbox.append(
        [
          {
            type: 'connection.deleted',
            ownerId: local.owner.id,
            tenant: local.owner.tenant,
            attemptId: null,
            connectionId: local.id,
            powensConnectionId: local.powensConnectionId,
            powensUserId: account.powensUserId,
            data: { reason: 'gone_at_powens' },
          },
        ],
        tx,
      );
      settle('processed', local.owner)(tx);
    });
    this.relay.wake();
    return 'settled';
  }

  /**
   * Erases an owner whose Powens user is gone. That cannot be undone, so Powens is asked whether it is true.
   *
   * @throws NotYetError while the user answers as if it lived
   */
  async userDeleted(message: InboxMessage): Promise<Processed> {
    const owner = await this.ownerOrNobody(message);
    if (owner === null) {
      return 'processed';
    }
    if (await this.living.isAlive(owner.account)) {
      this.#logger.warn(`Webhook ${message.position} says that a Powens user was deleted, who still answers`);
      throw new NotYetError('the Powens user that it calls deleted still answers');
    }
    // Here alone: were it not true after all, nothing of a living user would be deleted at Powens.
    await this.erasure.eraseGone(owner.account);
    // The message went with everything else that told of the user.
    return 'settled';
  }

  private async ownerOrNobody(message: InboxMessage): Promise<WebhookOwner | null> {
    try {
      return await this.subjects.owner(message);
    } catch (error) {
      if (error instanceof NotYetError) {
        // Nobody to erase: most often we did it ourselves, and this is its echo.
        return null;
      }
      throw error;
    }
  }
}
