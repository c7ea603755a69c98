import { Inject, Injectable, Logger } from '@nestjs/common';
import { AttemptRepository } from '../../attempts/attempt.repository.js';
import { ConnectionChangesRepository } from '../../connections/connection-changes.repository.js';
import type { LocalConnection } from '../../connections/remote-diff.js';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import type { PowensUserState } from '../../custody/powens-user-lease.repository.js';
import type { Loss } from '../../custody/losses/loss.js';
import { LossRepository } from '../../custody/losses/loss.repository.js';
import type { Transaction } from '../../database/unit-of-work.js';
import { ConnectionsError } from '../../errors/index.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import type { EventToAppend } from '../../outbox/outbox.repository.js';
import { EventTransaction } from '../changes/event-transaction.js';

/**
 * Applies a granted loss: takes a connection, user or token out of use here, in one transaction with the events. Sends nothing to
 * Powens, and deletes nothing that Powens may report again.
 *
 * @internal
 */
@Injectable()
export class LossApplication {
  readonly #logger = new Logger('ConnectionsLosses');

  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly losses: LossRepository,
    private readonly changes: ConnectionChangesRepository,
    private readonly attempts: AttemptRepository,
    private readonly events: EventTransaction,
  ) {}

  /**
   * Applies a granted loss.
   *
   * @returns false when its subject changed concurrently: then nothing was written
   */
  async apply(loss: Loss): Promise<boolean> {
    const user = await this.losses.findUser(loss.userId);
    if (user === null) {
      return false;
    }
    try {
      await this.run(loss, user);
    } catch (error) {
      if (error instanceof ConnectionsError && error.code === 'busy') {
        return false;
      }
      throw error;
    }
    this.#logger.warn(describe(loss, user));
    return true;
  }

  private async run(loss: Loss, user: PowensUserState): Promise<void> {
    switch (loss.subject) {
      case 'connection':
        return this.loseConnection(loss, user);
      case 'user':
        return this.loseUser(loss, user);
      case 'token':
        return this.loseToken(loss, user);
    }
  }

  private async loseConnection(loss: Loss, user: PowensUserState): Promise<void> {
    const local = await this.changes.get(loss.subjectId);
    if (local === null) {
      throw new ConnectionsError('busy', 'The connection was changed meanwhile.');
    }
    const departure = { reason: 'gone_at_powens', rememberDays: this.options.losses.rememberDays } as const;
    await this.write(loss, (tx) => {
      this.changes.depart(local, departure, tx);
      this.events.append(
        [connectionEvent(user, local, 'connection.deleted', { reason: departure.reason })],
        tx,
      );
    });
  }

  private async loseUser(loss: Loss, user: PowensUserState): Promise<void> {
    await this.write(loss, (tx) => {
      this.losses.lose(loss.userId, this.options.losses.rememberDays, tx);
      const none = { connectionId: null, powensConnectionId: null, attemptId: null };
      this.events.append(
        [{ ...ownerOf(user), ...none, type: 'user.deleted', data: { reason: 'gone_at_powens' } }],
        tx,
      );
    });
    // Attempts of the lost user cannot be completed. The owner starts a new one.
    await this.attempts.eraseOwner(user.owner, { abandon: false });
  }

  private async loseToken(loss: Loss, user: PowensUserState): Promise<void> {
    const kept = await this.changes.findAllOf(loss.userId);
    await this.write(loss, (tx) => {
      this.losses.revokeRefused(loss.userId, loss.tokenDigest, tx);
      this.events.append(
        // The state is the one Powens reported and does not change: only the token stopped working.
        kept.map((local) =>
          connectionEvent(user, local, 'connection.action_required', {
            state: local.state,
            requiredAction: 'reconnect',
            previousState: local.state,
            reason: 'token_revoked',
          }),
        ),
        tx,
      );
    });
  }

  private async write(loss: Loss, collect: (tx: Transaction) => void): Promise<void> {
    await this.events.run((tx) => {
      this.losses.apply(loss, tx);
      collect(tx);
    });
  }
}

function ownerOf({
  owner,
  powensUserId,
}: PowensUserState): Pick<EventToAppend, 'ownerId' | 'tenant' | 'powensUserId'> {
  return { ownerId: owner.id, tenant: owner.tenant, powensUserId };
}

function connectionEvent(
  user: PowensUserState,
  { id, powensConnectionId }: LocalConnection,
  type: EventToAppend['type'],
  data: EventToAppend['data'],
): EventToAppend {
  return { ...ownerOf(user), attemptId: null, connectionId: id, powensConnectionId, type, data };
}

function describe({ subject, subjectId, evidence }: Loss, { powensUserId }: PowensUserState): string {
  const what = {
    connection: `Connection ${subjectId} of Powens user ${powensUserId ?? ''} is gone at Powens`,
    user: `Powens user ${powensUserId ?? ''} is gone`,
    token: `Powens no longer takes the token of Powens user ${powensUserId ?? ''}: its owner must reconnect`,
  }[subject];
  return `${what} (${evidence}). It is out of use here, and comes back when Powens finds it again`;
}
