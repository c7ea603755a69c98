import { Inject, Injectable, type Logger } from '@nestjs/common';
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
import { withHeartbeat } from '../../background/heartbeat.js';
import { ConnectionsError, CustodyError, describeError } from '../../errors/index.js';
import { changeLeaseSeconds } from '../../options/resolve/call-time.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import type { Owner } from '../../values/owner.js';
import { InboxRepository } from '../../webhooks/inbox.repository.js';
import { idsOf } from '../changes/event-ids.js';
import { EventTransaction } from '../changes/event-transaction.js';
import { requireKnown } from '../changes/require-known.js';
import { TokenAudit } from '../tokens/token-audit.service.js';
import { PowensRemoval } from './powens-removal.service.js';
import { loggerOf } from '../../options/registration/logger-of.js';

/** Pause before a deletion whose row was edited is tried again: an operator may have restored the row. */
const EDITED_PAUSE_SECONDS = 3600;

/** Unconfirmed connections, and tombstones, removed per sweep. */
const BATCH = 50;

/**
 * Deletes a connection: records the intent, deletes at Powens, then deletes the row and emits the event. Any replica completes an
 * interrupted deletion.
 *
 * @see G9
 * @internal
 */
@Injectable()
export class RemovalService {
  readonly #logger: Logger;
  readonly #admissionLogger: Logger;

  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly leases: PowensUserLeaseRepository,
    private readonly removals: RemovalRepository,
    private readonly events: EventTransaction,
    private readonly remote: PowensRemoval,
    private readonly inbox: InboxRepository,
    private readonly audit: TokenAudit,
  ) {
    this.#logger = loggerOf('ConnectionsRemoval', options);
    this.#admissionLogger = loggerOf('ConnectionsAdmission', options);
  }

  /**
   * Deletes a connection of an owner. Repeating it is harmless.
   *
   * @throws ConnectionsError `not_found`; CustodyError when the row was edited: then nothing was begun;
   *   PowensApiError when the call to Powens fails: the sweeper retries
   */
  async delete(owner: Owner, id: string): Promise<void> {
    const local = await requireKnown(id, async () => this.removals.find(owner, id));
    await this.remove(local, this.authorize(local));
  }

  /** Completes an interrupted deletion. */
  async finish(local: LocalConnection): Promise<void> {
    await this.remove(local, null);
  }

  /**
   * Removes connections that were not confirmed in time, and purges the tombstones of earlier removals.
   *
   * @param isStopped - checked before each
   * @see OA-31
   */
  async removeDue(isStopped: () => boolean): Promise<void> {
    if (!(await this.removals.isAnyDue())) {
      // Every process polls: this query takes no lock and writes nothing.
      return;
    }
    await this.removals.purgeTombstones(BATCH);
    // Claims one at a time: the lease of the last must not expire while the first is deleted.
    for (let removed = 0; removed < BATCH && !isStopped(); removed += 1) {
      const local = await this.take(null);
      if (local === null) {
        return;
      }
      await this.tryOnce(local);
    }
  }

  /** Removes one connection if it is due. */
  async removeIfDue(id: string): Promise<void> {
    const local = await this.take(id);
    if (local !== null) {
      await this.tryOnce(local);
    }
  }

  private async take(id: string | null): Promise<LocalConnection | null> {
    return this.removals.takeDue(changeLeaseSeconds(this.options), id);
  }

  /** Never fails: the intent is durable already, and one deletion that Powens does not accept must not block the others. */
  private async tryOnce(local: LocalConnection): Promise<void> {
    try {
      await this.audit.record(local.owner, 'connection.delete', async () => this.finish(local), {
        connectionId: local.id,
        initiator: 'background',
      });
      this.#admissionLogger.log(`Unconfirmed connection ${local.id} was removed`);
    } catch (error) {
      const text = describeError(error);
      this.#admissionLogger.warn(`Unconfirmed connection ${local.id} is not removed yet: ${text}`);
    }
  }

  private authorize(local: RemovableConnection): string {
    try {
      return this.remote.authorize(local);
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
          ...idsOf({ owner: local.owner, user: { powensUserId } }, local),
          type: 'connection.deleted',
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
