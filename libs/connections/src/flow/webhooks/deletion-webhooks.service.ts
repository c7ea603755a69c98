import { Injectable, Logger } from '@nestjs/common';
import type { PowensUserState } from '../../custody/powens-user-lease.repository.js';
import { TokenCustodyService } from '../../custody/token-custody.service.js';
import { PowensClient } from '../../powens/powens.client.js';
import type { InboxMessage } from '../../webhooks/inbox-message.js';
import { EventTransaction } from '../changes/event-transaction.js';
import { LossPolicy } from '../losses/loss-policy.service.js';
import { checkPowensUser } from '../losses/powens-user-check.js';
import { ReconciliationSchedule } from '../reconciliation/reconciliation-schedule.repository.js';
import type { Acknowledge, Processed } from './acknowledge.js';
import { DeferredError } from './deferred.error.js';
import { WebhookSubjects } from './webhook-subject.service.js';

/**
 * Handles `CONNECTION_DELETED` and `USER_DELETED`: takes the deleted connection or user out of use here, too.
 *
 * @internal
 */
@Injectable()
export class DeletionWebhooks {
  readonly #logger = new Logger('ConnectionsInbox');

  constructor(
    private readonly subjects: WebhookSubjects,
    private readonly events: EventTransaction,
    private readonly custody: TokenCustodyService,
    private readonly powens: PowensClient,
    private readonly policy: LossPolicy,
    private readonly schedule: ReconciliationSchedule,
  ) {}

  /**
   * Takes a connection out of use here. The verified webhook is Powens' statement about this one connection, so neither a second
   * check nor a limit applies. The connection is kept, and revived when a later read at Powens finds it. The message itself stays
   * as the mark that no webhook can revive it (WH-09).
   */
  async connectionDeleted(message: InboxMessage, acknowledge: Acknowledge): Promise<Processed> {
    const local = await this.subjects.known(message);
    if (local === null || local.status === 'deleting') {
      // Unknown, or being deleted here: that deletion emits its own event.
      return 'processed';
    }
    const user = await this.subjects.powensUser(message);
    if (user?.userId !== local.userId) {
      // In bearer mode, the token of one user must not affect another user's connection.
      return 'ignored';
    }
    await this.events.run((tx) => {
      this.policy.reportDeleted(local, user, tx);
      acknowledge('processed', local.owner)(tx);
    });
    return 'acknowledged';
  }

  /**
   * Passes a Powens user that is reported as deleted to the loss policy, when a check at Powens agrees.
   *
   * @throws DeferredError while Powens still finds the user
   */
  async userDeleted(message: InboxMessage): Promise<Processed> {
    const user = await this.subjects.powensUser(message);
    if (user === null || (user.status !== 'active' && user.status !== 'revoked')) {
      // Usually the webhook of an erasure that this application made.
      return 'processed';
    }
    const found = await checkPowensUser(user, this.custody, this.powens);
    if (found === 'exists') {
      this.#logger.warn(`Webhook ${message.position} reports a Powens user as deleted that still exists`);
      throw new DeferredError('the Powens user that it reports as deleted still exists');
    }
    await this.reportMissing(user, found === 'gone' ? 'user_not_found' : 'user_deleted');
    return 'processed';
  }

  private async reportMissing(
    { userId }: PowensUserState,
    evidence: 'user_not_found' | 'user_deleted',
  ): Promise<void> {
    const verdict = await this.policy.notFound({ subject: 'user', subjectId: userId, userId, evidence });
    if (verdict === 'suspected') {
      await this.schedule.reschedule(userId, this.policy.confirmAfterSeconds + 1);
    }
  }
}
