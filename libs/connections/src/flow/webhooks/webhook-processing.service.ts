import { Inject, Injectable, type Logger } from '@nestjs/common';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { diffOf, NO_DIFF } from '../../connections/remote-diff.js';
import type { Owner } from '../../values/owner.js';
import type { InboxMessage, InboxOutcome } from '../../webhooks/inbox-message.js';
import { InboxRepository } from '../../webhooks/inbox.repository.js';
import { ConnectionChangesService } from '../changes/connection-changes.service.js';
import { idsOf } from '../changes/event-ids.js';
import { EventTransaction, type Collect } from '../changes/event-transaction.js';
import { retryOnConflict } from '../changes/retry-on-conflict.js';
import { LossPolicy } from '../losses/loss-policy.service.js';
import { RemoteConnections } from '../losses/remote-connections.service.js';
import { ReconciliationSchedule } from '../reconciliation/reconciliation-schedule.repository.js';
import { DeferredError } from './deferred.error.js';
import { NOTICES, noticeOf } from './notices.js';
import { currentState, reportedBy } from './synchronisation.js';
import { WebhookSubjects } from './webhook-subject.service.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { withLogFields } from '../../options/registration/log-context.js';
import { loggerOf } from '../../options/registration/logger-of.js';

/** Result of a handler. */
interface Handled {
  readonly outcome: InboxOutcome;
  /** The owner that the effect belongs to. */
  readonly owner?: Owner;
  /** Adds the effect to the transaction that acknowledges the message. */
  readonly write?: Collect;
  /** Runs after that transaction. */
  readonly afterwards?: () => Promise<unknown>;
}

/**
 * Processes webhooks: a handler per kind decides, and one transaction writes its effect and acknowledges the message, both or nothing.
 *
 * @internal
 */
@Injectable()
export class WebhookProcessing {
  @Inject(RESOLVED_OPTIONS) private readonly options!: Pick<ResolvedOptions, 'instance' | 'logs'>;

  constructor(
    private readonly inbox: InboxRepository,
    private readonly events: EventTransaction,
    private readonly subjects: WebhookSubjects,
    private readonly connectionChanges: ConnectionChangesService,
    private readonly remotes: RemoteConnections,
    private readonly policy: LossPolicy,
    private readonly schedule: ReconciliationSchedule,
  ) {}

  private get logger(): Logger {
    return loggerOf('ConnectionsInbox', this.options);
  }

  /**
   * Processes a message.
   *
   * @returns how it ended
   * @throws DeferredError when it must wait; any other error of its handler
   */
  async process(message: InboxMessage): Promise<InboxOutcome> {
    return withLogFields(this.options, { webhook: message.position }, async () =>
      // A synchronisation compares a row, which another process may write meanwhile.
      message.event === 'CONNECTION_SYNCED'
        ? retryOnConflict(async () => this.handle(message))
        : this.handle(message),
    );
  }

  private async handle(message: InboxMessage): Promise<InboxOutcome> {
    const { outcome, owner = null, write, afterwards } = await this.dispatch(message);
    await this.events.run((tx, emit) => {
      write?.(tx, emit);
      this.inbox.acknowledge(message, { outcome, owner }, tx);
    });
    await afterwards?.();
    return outcome;
  }

  private async dispatch(message: InboxMessage): Promise<Handled> {
    if (message.summary === null) {
      this.logger.error(`Webhook ${message.position} (${message.event}) is not a JSON object; it is ignored`);
      return { outcome: 'ignored' };
    }
    switch (message.event) {
      case 'CONNECTION_SYNCED':
        return this.synced(message);
      case 'CONNECTION_DELETED':
        return this.connectionDeleted(message);
      case 'USER_DELETED':
        return this.userDeleted(message);
      default:
        return this.notice(message);
    }
  }

  /**
   * A synchronisation ended, with or without an error. Its date decides whether its state is stored, never whether its data counts: each
   * message is one `connection.synced` with its own payload, late, early or in parts.
   *
   * @see WH-09, WH-12
   */
  private async synced(message: InboxMessage): Promise<Handled> {
    const owner = await this.subjects.owner(message);
    const local = owner.isInUse ? await this.subjects.connection(message, owner) : null;
    if (local === null) {
      return { outcome: 'ignored' };
    }
    if (local.status !== 'active') {
      // The message of an unconfirmed connection is kept until the confirmation; a connection being deleted needs no update.
      return { outcome: local.status === 'unconfirmed' ? 'unconfirmed' : 'processed' };
    }
    const reported = reportedBy(message);
    const remote = await currentState(local, owner, reported, this.remotes);
    const { user } = owner;
    const plan = this.connectionChanges.plan({
      owner: user.owner,
      user,
      attemptId: null,
      diff: remote === null ? NO_DIFF : diffOf([local], [remote]),
      arrived: {
        local,
        data: {
          lastSyncedAt: reported.lastUpdate?.toISOString() ?? null,
          state: reported.state,
          webhookId: message.hasBody ? message.position : null,
        },
      },
    });
    const handled = {
      outcome: 'processed' as const,
      owner: user.owner,
      write: plan.write,
    };
    return remote === null ? { ...handled, afterwards: async () => this.remotes.notFound(local) } : handled;
  }

  /**
   * The connection is out of use here, too; it is kept, and revived when a later read at Powens finds it. The message itself stays as
   * the mark that no webhook can revive it (WH-09).
   */
  private async connectionDeleted(message: InboxMessage): Promise<Handled> {
    const local = await this.subjects.known(message);
    if (local === null || local.status === 'deleting') {
      // Unknown, or being deleted here: that deletion emits its own event.
      return { outcome: 'processed' };
    }
    const user = await this.subjects.powensUser(message);
    if (user?.userId !== local.userId) {
      // In bearer mode, the token of one user must not affect another user's connection.
      return { outcome: 'ignored' };
    }
    const write = this.policy.deletionOf(local, user);
    return { outcome: 'processed', owner: local.owner, write };
  }

  /**
   * Passes a Powens user that is reported as deleted to the loss policy, when a check at Powens agrees. A comparison follows soon, as the
   * second check.
   *
   * @throws DeferredError while Powens still finds the user
   */
  private async userDeleted(message: InboxMessage): Promise<Handled> {
    const user = await this.subjects.powensUser(message);
    if (user === null || (user.status !== 'active' && user.status !== 'revoked')) {
      // Usually the webhook of an erasure that this application made.
      return { outcome: 'processed' };
    }
    const found = await this.remotes.checkUser(user);
    if (found === 'exists') {
      this.logger.warn(`Webhook ${message.position} reports a Powens user as deleted that still exists`);
      throw new DeferredError('the Powens user that it reports as deleted still exists');
    }
    const { userId } = user;
    const evidence = found === 'gone' ? 'user_not_found' : 'user_deleted';
    const verdict = await this.policy.notFound({ subject: 'user', subjectId: userId, userId, evidence });
    if (verdict === 'suspected') {
      await this.schedule.reschedule(userId, this.policy.confirmAfterSeconds + 1);
    }
    return { outcome: 'processed' };
  }

  /**
   * Publishes a webhook that changes no row here: as an event of a user, of a connection, or of one bank account or contract of it.
   * Publishes nothing of an unconfirmed connection (OA-31), of a deprecated webhook, or of one whose owner is unknown.
   */
  private async notice(message: InboxMessage): Promise<Handled> {
    const type = NOTICES[message.event];
    if (type === undefined) {
      return { outcome: 'ignored' };
    }
    const owner = await this.subjects.owner(message);
    if (!owner.isInUse) {
      return { outcome: 'ignored' };
    }
    const local = type === 'user.created' ? null : await this.subjects.connection(message, owner);
    if (type !== 'user.created' && local?.status !== 'active') {
      return { outcome: local?.status === 'unconfirmed' ? 'unconfirmed' : 'ignored' };
    }
    const { user } = owner;
    const event = { ...idsOf({ owner: user.owner, user }, local), type, data: { ...noticeOf(message) } };
    return {
      outcome: 'processed',
      owner: user.owner,
      write: (_, emit) => {
        emit(event);
      },
    };
  }
}
