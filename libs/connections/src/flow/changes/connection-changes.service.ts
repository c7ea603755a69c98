import { Inject, Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { eventsOfChange } from '../../connections/change-events.js';
import { ConnectionChangesRepository } from '../../connections/connection-changes.repository.js';
import { ConnectionRepository, type NewConnection } from '../../connections/connection.repository.js';
import type { LocalConnection, RemoteConnection, RemoteDiff } from '../../connections/remote-diff.js';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { PowensUserLeaseRepository } from '../../custody/powens-user-lease.repository.js';
import { ConnectionCustody } from '../../custody/connections/connection-custody.service.js';
import type { Transaction } from '../../database/unit-of-work.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import type { ConnectionSyncedData } from '../../events/index.js';
import type { EventToAppend } from '../../outbox/outbox.repository.js';
import type { OwnedPowensUser } from '../../values/owned-powens-user.js';
import { EventTransaction } from './event-transaction.js';
import { ReturningConnections, type Returning } from './returning-connections.service.js';

/** The differences found at Powens, with the owner and Powens user that they belong to. */
export interface ChangeSet extends Returning {
  readonly user: Pick<OwnedPowensUser, 'userId' | 'powensUserId'>;
  readonly diff: RemoteDiff;
  /** A synchronisation that a webhook reports: emitted in any case, without regard to its date. */
  readonly arrived?: {
    readonly local: Pick<LocalConnection, 'id' | 'powensConnectionId'>;
    readonly data: ConnectionSyncedData;
  };
  /** Further events of the same transaction. */
  readonly also?: readonly EventToAppend[];
}

/** A connection that is new to its owner. */
type CreatedConnection = Pick<
  NewConnection,
  'id' | 'powensConnectionId' | 'connectorUuid' | 'connectorName' | 'state'
>;

/**
 * Writes the differences found at Powens, and the event for each of them, in one transaction.
 *
 * @internal
 */
@Injectable()
export class ConnectionChangesService {
  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly connections: ConnectionRepository,
    private readonly changes: ConnectionChangesRepository,
    private readonly leases: PowensUserLeaseRepository,
    private readonly returning: ReturningConnections,
    private readonly events: EventTransaction,
    private readonly custody: ConnectionCustody,
  ) {}

  /**
   * Writes a change set in a transaction of its own, for changes that no attempt caused.
   *
   * @param alongside - adds further writes; with it, the transaction runs even when nothing changed
   * @throws ConnectionsError `busy` when another process wrote the rows meanwhile: read and compare again
   */
  async commit(changeSet: ChangeSet, alongside?: (tx: Transaction) => void): Promise<void> {
    const added = this.rowsOf(changeSet);
    const broughtIntoUse =
      added.length + (changeSet.confirmed?.length ?? 0) + (changeSet.revived?.length ?? 0);
    const total = broughtIntoUse + changeSet.diff.changed.length + (changeSet.also?.length ?? 0);
    if (total === 0 && alongside === undefined) {
      return;
    }
    await this.events.run((tx) => {
      if (broughtIntoUse > 0) {
        // An erasure fences attempts by deleting them; without an attempt, the status of the Powens user is the fence (TC-24).
        this.leases.requireInUse(changeSet.user.userId, tx);
      }
      this.record(changeSet, added, tx);
      alongside?.(tx);
    });
  }

  /** Builds the rows of the new connections. */
  rowsOf(changeSet: ChangeSet): readonly NewConnection[] {
    return changeSet.diff.added.map((remote) => this.rowOf(changeSet, remote));
  }

  /**
   * Adds the writes and events of a change set to a transaction.
   *
   * @param added - rows built by {@link ConnectionChangesService.rowsOf}
   */
  record(changeSet: ChangeSet, added: readonly NewConnection[], tx: Transaction): void {
    this.connections.insertAll(added, tx);
    for (const { local, remote } of changeSet.diff.changed) {
      this.changes.update(local, remote, tx);
    }
    this.returning.record(changeSet, tx);
    this.events.append(this.eventsOf(changeSet, added), tx);
  }

  private eventsOf(changeSet: ChangeSet, added: readonly NewConnection[]): EventToAppend[] {
    const { diff, confirmed = [], revived = [], also = [], arrived } = changeSet;
    const created: readonly CreatedConnection[] = [
      ...added,
      ...confirmed.map(({ id, remote }) => ({ ...remote, id, powensConnectionId: remote.id })),
    ];
    return [
      ...created.map((row) => this.createdEvent(changeSet, row, created)),
      ...revived.map((back) => revivedEvent(changeSet, back)),
      ...also,
      ...diff.changed.flatMap(({ local, remote }) =>
        eventsOfChange(local, remote)
          .filter(({ type }) => arrived === undefined || type !== 'connection.synced')
          .map((event) => ({ ...idsOf(changeSet, local), ...event })),
      ),
      ...(arrived === undefined ? [] : [syncedEvent(changeSet, arrived)]),
    ];
  }

  private createdEvent(
    changeSet: ChangeSet,
    row: CreatedConnection,
    together: readonly CreatedConnection[],
  ): EventToAppend {
    const { owner, metadata = {} } = changeSet;
    const { connectorUuid, connectorName, state } = row;
    const connectedBy = owner.actor ?? null;
    const query = this.connections.withSameConnector(owner, { row, together });
    return {
      ...idsOf(changeSet, row),
      type: 'connection.created',
      data: { connectorUuid, connectorName, state, connectedBy, metadata, sameConnectorAs: [] },
      lateIds: { name: 'sameConnectorAs', query },
    };
  }

  private rowOf(
    { owner, user, attemptId, metadata = {} }: ChangeSet,
    remote: RemoteConnection,
  ): NewConnection {
    const row = { id: uuidv7(), userId: user.userId, powensConnectionId: remote.id };
    return {
      ...row,
      instance: this.options.instance,
      owner,
      attemptId,
      authenticator: this.custody.authenticate(row),
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

function syncedEvent(
  changeSet: ChangeSet,
  { local, data }: NonNullable<ChangeSet['arrived']>,
): EventToAppend {
  return { ...idsOf(changeSet, local), type: 'connection.synced', data: { ...data } };
}

/** The host may have dropped its data of the connection after `connection.deleted`: so the event describes the connection again. */
function revivedEvent(
  changeSet: ChangeSet,
  { id, remote }: { readonly id: string; readonly remote: RemoteConnection },
): EventToAppend {
  const { connectorUuid, connectorName, state } = remote;
  return {
    ...idsOf(changeSet, { id, powensConnectionId: remote.id }),
    type: 'connection.recovered',
    data: { previousState: null, reason: 'reappeared', connectorUuid, connectorName, state },
  };
}

/** The ids in an event of a stored connection. */
export function idsOf(
  { owner, user, attemptId }: Pick<ChangeSet, 'owner' | 'user' | 'attemptId'>,
  local: Pick<LocalConnection, 'id' | 'powensConnectionId'>,
): Omit<EventToAppend, 'type' | 'data'> {
  return {
    ownerId: owner.id,
    tenant: owner.tenant,
    attemptId,
    connectionId: local.id,
    powensConnectionId: local.powensConnectionId,
    powensUserId: user.powensUserId,
  };
}
