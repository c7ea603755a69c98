import { Inject, Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { eventsOfChange } from '../../connections/change-events.js';
import { ConnectionChangesRepository } from '../../connections/connection-changes.repository.js';
import { ConnectionRepository, type NewConnection } from '../../connections/connection.repository.js';
import type { LocalConnection, RemoteConnection, RemoteDiff } from '../../connections/remote-diff.js';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { AccountRepository } from '../../custody/account.repository.js';
import { UnitOfWork, type Transaction } from '../../database/unit-of-work.js';
import type { ResolvedOptions } from '../../options/resolved-options.js';
import { OutboxRelayService } from '../../outbox/outbox-relay.service.js';
import { OutboxService, type EventToAppend } from '../../outbox/outbox.service.js';
import type { ConnectionMetadata } from '../../values/metadata.js';
import type { OwnerAccount } from '../../values/owner-account.js';
import type { Owner } from '../../values/owner.js';

/** Where an observation comes from. */
export interface Observed {
  readonly owner: Owner;
  readonly account: Pick<OwnerAccount, 'userId' | 'powensUserId'>;
  /** The attempt that led to it, or null. */
  readonly attemptId: string | null;
  readonly diff: RemoteDiff;
  /** The webhook that brought it, whose payload can still be read; null or absent when there is none. */
  readonly webhookId?: string | null;
  /** What its new connections carry. */
  readonly metadata?: ConnectionMetadata;
  /** Connections in quarantine that it confirms: their id here, and what Powens says of them now (OA-31). */
  readonly confirmed?: readonly { readonly id: string; readonly remote: RemoteConnection }[];
  /** Further events of the same transaction. */
  readonly also?: readonly EventToAppend[];
}

/** A connection that an owner has from now on. */
type CreatedConnection = Pick<
  NewConnection,
  'id' | 'powensConnectionId' | 'connectorUuid' | 'connectorName' | 'state'
>;

/**
 * Writes what was seen at Powens, and tells the host of every difference, in one transaction.
 *
 * @internal
 */
@Injectable()
export class ObservationService {
  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly connections: ConnectionRepository,
    private readonly changes: ConnectionChangesRepository,
    private readonly outbox: OutboxService,
    private readonly accounts: AccountRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly relay: OutboxRelayService,
  ) {}

  /**
   * Writes an observation that no attempt led to.
   *
   * @param alongside - adds what must be written with it; then there is a transaction even when nothing was new
   * @throws ConnectionsError `busy` when somebody else wrote meanwhile: look again
   */
  async commit(observed: Observed, alongside?: (tx: Transaction) => void): Promise<void> {
    const added = this.rowsOf(observed);
    const { changed, removed } = observed.diff;
    const brought = added.length + (observed.confirmed?.length ?? 0);
    const news = brought + changed.length + removed.length + (observed.also?.length ?? 0);
    if (news === 0 && alongside === undefined) {
      return;
    }
    await this.unitOfWork.run((tx) => {
      if (brought > 0) {
        // An erasure fences attempts by deleting them; without one, the account itself is asked (TC-24).
        this.accounts.requireInUse(observed.account.userId, tx);
      }
      this.record(observed, added, tx);
      alongside?.(tx);
    });
    this.relay.wake();
  }

  /** Makes the rows of connections that are new here. */
  rowsOf(observed: Observed): readonly NewConnection[] {
    return observed.diff.added.map((remote) => this.rowOf(observed, remote));
  }

  /**
   * Adds the writes and events of an observation.
   *
   * @param added - rows made by {@link ObservationService.rowsOf}
   */
  record(observed: Observed, added: readonly NewConnection[], tx: Transaction): void {
    const { diff, confirmed = [], also = [] } = observed;
    this.connections.insertAll(added, tx);
    const { attemptId, metadata = {}, owner } = observed;
    for (const { id, remote } of confirmed) {
      this.changes.confirm(id, remote, { attemptId, metadata, connectedBy: owner.actor ?? null }, tx);
    }
    for (const { local, remote } of diff.changed) {
      this.changes.update(local, remote, tx);
    }
    for (const local of diff.removed) {
      this.changes.remove(local, tx);
    }
    const created: readonly CreatedConnection[] = [
      ...added,
      ...confirmed.map(({ id, remote }) => ({ ...remote, id, powensConnectionId: remote.id })),
    ];
    const events = [
      ...created.map((row) => this.createdEvent(observed, row, created)),
      ...also,
      ...diff.changed.flatMap(({ local, remote }) =>
        eventsOfChange(local, remote).map((event) => ({
          ...idsOf(observed, local),
          ...event,
          ...(event.type === 'connection.synced'
            ? { data: { ...event.data, webhookId: observed.webhookId ?? null } }
            : {}),
        })),
      ),
      ...diff.removed.map((local) => ({
        ...idsOf(observed, local),
        type: 'connection.deleted' as const,
        data: { reason: 'gone_at_powens' },
      })),
    ];
    this.outbox.append(events, tx);
  }

  private createdEvent(
    observed: Observed,
    row: CreatedConnection,
    together: readonly CreatedConnection[],
  ): EventToAppend {
    const { owner, metadata = {} } = observed;
    const { connectorUuid, connectorName, state } = row;
    const connectedBy = owner.actor ?? null;
    const query = this.connections.withSameConnector(this.options.instance, owner, { row, together });
    return {
      ...idsOf(observed, row),
      type: 'connection.created',
      data: { connectorUuid, connectorName, state, connectedBy, metadata, sameConnectorAs: [] },
      lateIds: { name: 'sameConnectorAs', query },
    };
  }

  private rowOf(
    { owner, account, attemptId, metadata = {} }: Observed,
    remote: RemoteConnection,
  ): NewConnection {
    return {
      id: uuidv7(),
      instance: this.options.instance,
      owner,
      userId: account.userId,
      attemptId,
      powensConnectionId: remote.id,
      connectorUuid: remote.connectorUuid,
      connectorName: remote.connectorName,
      state: remote.state,
      lastSyncedAt: remote.lastUpdate,
      expiresAt: remote.expire,
      connectedBy: owner.actor ?? null,
      metadata,
    };
  }
}

/** The ids that an event of a kept connection carries. */
export function idsOf(
  { owner, account, attemptId }: Pick<Observed, 'owner' | 'account' | 'attemptId'>,
  local: Pick<LocalConnection, 'id' | 'powensConnectionId'>,
): Omit<EventToAppend, 'type' | 'data'> {
  return {
    ownerId: owner.id,
    tenant: owner.tenant,
    attemptId,
    connectionId: local.id,
    powensConnectionId: local.powensConnectionId,
    powensUserId: account.powensUserId,
  };
}
