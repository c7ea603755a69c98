import { Inject, Injectable, Logger } from '@nestjs/common';
import { GoneConnectionsRepository } from '../../connections/gone-connections.repository.js';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import type { PowensUserState } from '../../custody/powens-user-lease.repository.js';
import { ReconciliationSchedule } from '../reconciliation/reconciliation-schedule.repository.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import type { EventToAppend } from '../../outbox/outbox.service.js';
import type { InboxMessage } from '../../webhooks/inbox-message.js';
import { EventTransaction } from '../changes/event-transaction.js';
import { PowensUsers } from '../losses/powens-users.service.js';
import { LossPolicy } from '../losses/loss-policy.service.js';
import { DeferredError } from './deferred.error.js';
import type { Processed, Acknowledge } from './acknowledge.js';
import { WebhookSubjects, type KnownConnection } from './webhook-subject.service.js';

/**
 * `CONNECTION_DELETED` and `USER_DELETED`: what was deleted elsewhere leaves here, too.
 *
 * @internal
 */
@Injectable()
export class DeletionWebhooks {
  readonly #logger = new Logger('ConnectionsInbox');

  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly subjects: WebhookSubjects,
    private readonly gone: GoneConnectionsRepository,
    private readonly events: EventTransaction,
    private readonly living: PowensUsers,
    private readonly policy: LossPolicy,
    private readonly turns: ReconciliationSchedule,
  ) {}

  /**
   * Takes a connection out of use here: verified, it is Powens' own word for this one connection, so neither a second look nor a
   * limit applies. It is remembered all the same, and comes back when a later look at Powens finds it. The message itself stays as
   * the mark that no webhook can bring it back (WH-09).
   */
  async connectionDeleted(message: InboxMessage, settle: Acknowledge): Promise<Processed> {
    const local = await this.subjects.known(message);
    if (local === null || local.status === 'deleting') {
      // Unknown, or being deleted here: that deletion has an event of its own.
      return 'processed';
    }
    const account = await this.subjects.account(message);
    if (account?.userId !== local.userId) {
      // A token of one user opens no door to another's connection (bearer mode).
      return 'ignored';
    }
    const { rememberDays } = this.options.losses;
    await this.events.run((tx, emit) => {
      if (local.status === 'gone') {
        this.gone.noteDeleted(local, tx);
      } else {
        this.gone.depart(local, { reason: 'deleted_at_powens', rememberDays }, tx);
        emit(deletedEvent(local, account));
      }
      settle('processed', local.owner)(tx);
    });
    return 'settled';
  }

  /**
   * Hands a Powens user that is reported as deleted to the loss policy, when Powens itself agrees.
   *
   * @throws DeferredError while the user answers as if it lived
   */
  async userDeleted(message: InboxMessage): Promise<Processed> {
    const account = await this.subjects.account(message);
    if (account === null || (account.status !== 'active' && account.status !== 'revoked')) {
      // Mostly the echo of an erasure of ours.
      return 'processed';
    }
    const look = await this.living.look(account);
    if (look === 'alive') {
      this.#logger.warn(`Webhook ${message.position} reports a Powens user as deleted that still answers`);
      throw new DeferredError('the Powens user that it calls deleted still answers');
    }
    await this.conclude(account, look === 'gone' ? 'user_not_found' : 'user_deleted');
    return 'processed';
  }

  private async conclude(
    { userId }: PowensUserState,
    evidence: 'user_not_found' | 'user_deleted',
  ): Promise<void> {
    const verdict = await this.policy.notFound({ subject: 'user', subjectId: userId, userId, evidence });
    if (verdict === 'suspected') {
      await this.turns.reschedule(userId, this.policy.confirmAfterSeconds + 1);
    }
  }
}

function deletedEvent(local: KnownConnection, { powensUserId }: PowensUserState): EventToAppend {
  const { owner, id, powensConnectionId } = local;
  return {
    ownerId: owner.id,
    tenant: owner.tenant,
    attemptId: null,
    connectionId: id,
    powensConnectionId,
    powensUserId,
    type: 'connection.deleted',
    data: { reason: 'gone_at_powens' },
  };
}
