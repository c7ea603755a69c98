import { Inject, Injectable } from '@nestjs/common';
import { validate as isUuid } from 'uuid';
import { RemovalRepository, type RemovalIntent } from '../../connections/removal.repository.js';
import type { LocalConnection } from '../../connections/remote-diff.js';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import {
  PowensUserLeaseRepository,
  type PowensUserState,
} from '../../custody/powens-user-lease.repository.js';
import { ConnectionsError } from '../../errors/index.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import type { Owner } from '../../values/owner.js';
import { InboxRepository } from '../../webhooks/inbox.repository.js';
import { EventTransaction } from '../changes/event-transaction.js';
import { PowensRemoval } from './powens-removal.service.js';

/**
 * Deletes a connection: the intent first, then at Powens, then here, then the event. Whoever finds it half done goes on.
 *
 * @see G9
 * @internal
 */
@Injectable()
export class RemovalService {
  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly accounts: PowensUserLeaseRepository,
    private readonly removals: RemovalRepository,
    private readonly events: EventTransaction,
    private readonly remote: PowensRemoval,
    private readonly inbox: InboxRepository,
  ) {}

  /**
   * Deletes a connection of an owner. Repeating it is harmless.
   *
   * @throws ConnectionsError `not_found`; PowensApiError when Powens cannot be told yet: the sweeper goes on
   */
  async delete(owner: Owner, id: string): Promise<void> {
    const { instance } = this.options;
    const local = isUuid(id) ? await this.removals.find(instance, owner, id) : null;
    if (local === null) {
      throw new ConnectionsError('not_found', 'There is no such connection.');
    }
    await this.remove(local, true);
  }

  /** Goes on with a deletion, from wherever it stopped. */
  async finish(local: LocalConnection): Promise<void> {
    await this.remove(local, false);
  }

  private async remove(local: LocalConnection, isRequested: boolean): Promise<void> {
    const { lifecycle, instance } = this.options;
    const intent = await this.removals.markDeleting(local, lifecycle.leaseSeconds, isRequested);
    if (intent === null) {
      // Somebody who deletes the same one was faster, and told of it.
      return;
    }
    const account = await this.accounts.find(instance, local.owner);
    await this.atPowens(local, account);
    const powensUserId = account?.powensUserId ?? null;
    if (!(await this.here(local, powensUserId, intent))) {
      // Somebody ended it meanwhile; or its owner asked for it, and then that is what is told.
      const current = await this.removals.markDeleting(local, lifecycle.leaseSeconds, false);
      if (current !== null) {
        await this.here(local, powensUserId, current);
      }
    }
  }

  private async atPowens(local: LocalConnection, account: PowensUserState | null): Promise<void> {
    if (account === null || ['erasing', 'erased', 'forgetting'].includes(account.status)) {
      // The whole Powens user is being erased, or is gone: its connections with it.
      return;
    }
    if (account.status === 'revoking') {
      // The user and its connections outlive their token: the sweeper deletes once the revocation is done.
      throw new ConnectionsError('busy', 'The access token of this owner is being revoked.', {
        retryAfterSeconds: 10,
      });
    }
    await this.remote.deleteConnection(account, local.powensConnectionId);
  }

  /** @returns false when it is gone already, or goes for another reason by now */
  private async here(
    local: LocalConnection,
    powensUserId: string | null,
    intent: RemovalIntent,
  ): Promise<boolean> {
    try {
      await this.events.run((tx, emit) => {
        this.removals.end(local, intent, tx);
        this.inbox.discard(this.options.instance, local.powensConnectionId, tx);
        emit({
          type: 'connection.deleted',
          ownerId: local.owner.id,
          tenant: local.owner.tenant,
          attemptId: null,
          connectionId: local.id,
          powensConnectionId: local.powensConnectionId,
          powensUserId,
          data: { reason: intent.reason },
        });
      });
      return true;
    } catch (error) {
      if (error instanceof ConnectionsError && error.code === 'busy') {
        return false;
      }
      throw error;
    }
  }
}
