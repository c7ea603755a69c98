import { Inject, Injectable, Logger } from '@nestjs/common';
import { validate as isUuid } from 'uuid';
import {
  RemovalRepository,
  type PlannedRemoval,
  type RemovableConnection,
  type RemovalIntent,
} from '../../connections/removal.repository.js';
import type { LocalConnection } from '../../connections/remote-diff.js';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import {
  PowensUserLeaseRepository,
  type PowensUserState,
} from '../../custody/powens-user-lease.repository.js';
import { ConnectionCustody } from '../../custody/connections/connection-custody.service.js';
import { withHeartbeat } from '../../background/heartbeat.js';
import { ConnectionsError, CustodyError } from '../../errors/index.js';
import { changeLeaseSeconds } from '../../options/resolve/call-time.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import type { Owner } from '../../values/owner.js';
import { InboxRepository } from '../../webhooks/inbox.repository.js';
import { EventTransaction } from '../changes/event-transaction.js';
import { PowensRemoval } from './powens-removal.service.js';

/** Pause before a deletion whose row was edited is tried again: an operator may have restored the row. */
const EDITED_PAUSE_SECONDS = 3600;

/**
 * Deletes a connection: records the intent, deletes at Powens, then deletes the row and emits the event. Any replica completes an
 * interrupted deletion.
 *
 * @see G9
 * @internal
 */
@Injectable()
export class RemovalService {
  readonly #logger = new Logger('ConnectionsRemoval');

  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly leases: PowensUserLeaseRepository,
    private readonly removals: RemovalRepository,
    private readonly events: EventTransaction,
    private readonly remote: PowensRemoval,
    private readonly inbox: InboxRepository,
    private readonly custody: ConnectionCustody,
  ) {}

  /**
   * Deletes a connection of an owner. Repeating it is harmless.
   *
   * @throws ConnectionsError `not_found`; CustodyError when the row was edited: then nothing was begun;
   *   PowensApiError when the call to Powens fails: the sweeper retries
   */
  async delete(owner: Owner, id: string): Promise<void> {
    const local = isUuid(id) ? await this.removals.find(owner, id) : null;
    if (local === null) {
      throw new ConnectionsError('not_found', 'There is no such connection.');
    }
    await this.remove(local, this.authorize(local));
  }

  /** Completes an interrupted deletion. */
  async finish(local: LocalConnection): Promise<void> {
    await this.remove(local, null);
  }

  private authorize(local: RemovableConnection): string {
    try {
      return this.custody.authorizeRequest(local);
    } catch (error) {
      this.report(error);
      throw error;
    }
  }

  private async remove(local: LocalConnection, request: string | null): Promise<void> {
    const leaseSeconds = changeLeaseSeconds(this.options);
    const removal = await this.removals.markDeleting(local, leaseSeconds, request);
    if (removal === null) {
      // Another process deleted the same connection first, and reported it.
      return;
    }
    const { connection } = removal;
    const user = await this.leases.find(connection.owner);
    await this.leased(removal, leaseSeconds, async () => this.atPowens(removal, user));
    const powensUserId = user?.powensUserId ?? null;
    if (!(await this.here(connection, powensUserId, removal))) {
      // Another process ended it meanwhile, or its owner requested it: then the event reports that reason.
      const current = await this.removals.markDeleting(connection, leaseSeconds, null);
      if (current !== null) {
        await this.here(connection, powensUserId, current);
      }
    }
  }

  /** Runs the deletion at Powens under the lease of the row. A failed deletion is retried after a pause. */
  private async leased(
    { connection }: PlannedRemoval,
    leaseSeconds: number,
    run: () => Promise<void>,
  ): Promise<void> {
    const extend = async (): Promise<void> => this.removals.setLease(connection, leaseSeconds);
    try {
      await withHeartbeat(leaseSeconds, extend, run);
    } catch (error) {
      this.report(error);
      const isEdited = error instanceof CustodyError && error.code === 'token_tampered';
      const pause = isEdited ? EDITED_PAUSE_SECONDS : this.options.lifecycle.leaseSeconds;
      await this.removals.setLease(connection, pause);
      throw error;
    }
  }

  private report(error: unknown): void {
    if (error instanceof CustodyError && error.code === 'token_tampered') {
      this.#logger.error(`SECURITY: ${error.message}`);
    }
  }

  private async atPowens(removal: PlannedRemoval, user: PowensUserState | null): Promise<void> {
    if (user === null || ['erasing', 'erased', 'forgetting'].includes(user.status)) {
      // The whole Powens user is being erased or is gone, and its connections with it.
      return;
    }
    if (user.status === 'revoking') {
      // The user and its connections outlive the token: the sweeper deletes the connection after the revocation.
      throw new ConnectionsError('busy', 'The access token of this owner is being revoked.', {
        retryAfterSeconds: 10,
      });
    }
    await this.remote.deleteConnection(user, removal);
  }

  /** @returns false when the row is gone already, or its deletion has another reason meanwhile */
  private async here(
    local: LocalConnection,
    powensUserId: string | null,
    intent: RemovalIntent,
  ): Promise<boolean> {
    try {
      await this.events.run((tx, emit) => {
        this.removals.end(local, intent, tx);
        this.inbox.discard(local.powensConnectionId, tx);
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
