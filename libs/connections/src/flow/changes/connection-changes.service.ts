import { Inject, Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { eventsOfChange } from '../../connections/change-events.js';
import { ConnectionChangesRepository } from '../../connections/connection-changes.repository.js';
import {
  ConnectionRepository,
  type NewConnection,
  type Quarantine,
} from '../../connections/connection.repository.js';
import type { LocalConnection, RemoteConnection, RemoteDiff } from '../../connections/remote-diff.js';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { PowensUserLeaseRepository } from '../../custody/powens-user-lease.repository.js';
import { ConnectionCustody } from '../../custody/connections/connection-custody.service.js';
import type { Transaction } from '../../database/unit-of-work.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import type { ConnectionSyncedData } from '../../events/index.js';
import type { EventToAppend } from '../../outbox/outbox.repository.js';
import type { ConnectionMetadata } from '../../values/metadata.js';
import type { OwnedPowensUser } from '../../values/owned-powens-user.js';
import type { Owner } from '../../values/owner.js';
import { InboxRepository } from '../../webhooks/inbox.repository.js';
import { EventTransaction, type Collect } from './event-transaction.js';
import { idsOf } from './event-ids.js';

/** A connection that has a row already: its id here, and its current state at Powens. */
export interface Returned {
  readonly id: string;
  readonly remote: RemoteConnection;
}

/** The differences found at Powens, with the owner and Powens user that they belong to. */
export interface ChangeSet {
  readonly owner: Owner;
  readonly user: Pick<OwnedPowensUser, 'userId' | 'powensUserId'>;
  /** The attempt that caused them, or null. */
  readonly attemptId: string | null;
  /** Metadata of the new and confirmed connections. */
  readonly metadata?: ConnectionMetadata;
  readonly diff: RemoteDiff;
  /** Of the added connections; absent for those that are in use at once. */
  readonly quarantine?: Quarantine;
  /** Connections in quarantine that are confirmed (OA-31). */
  readonly confirmed?: readonly Returned[];
  /** Connections that were gone, and that Powens reports again. */
  readonly revived?: readonly Returned[];
  /** A synchronisation that a webhook reports: emitted in any case, without regard to its date. */
  readonly arrived?: {
    readonly local: Pick<LocalConnection, 'id' | 'powensConnectionId'>;
    readonly data: ConnectionSyncedData;
  };
  /** Further events of the same transaction. */
  readonly also?: readonly EventToAppend[];
}

/** What a change set writes. */
export interface ChangePlan {
  /** Ids (uuid) of all connections that it touches; the new ones last. */
  readonly ids: readonly string[];
  /** Adds the writes and the events to a transaction. */
  readonly write: Collect;
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
    private readonly inbox: InboxRepository,
    private readonly events: EventTransaction,
    private readonly custody: ConnectionCustody,
  ) {}

  /**
   * Writes a change set in a transaction of its own, for changes that no attempt caused.
   *
   * @param alongside - adds further writes; with it, the transaction runs even when nothing changed
   * @returns ids (uuid) of all connections that it touched
   * @throws ConnectionsError `busy` when another process wrote the rows meanwhile: read and compare again
   */
  async commit(changeSet: ChangeSet, alongside?: (tx: Transaction) => void): Promise<readonly string[]> {
    const { user, confirmed = [], revived = [], diff, also = [] } = changeSet;
    const isOwnerGaining = diff.added.length + confirmed.length + revived.length > 0;
    if (!isOwnerGaining && diff.changed.length + also.length === 0 && alongside === undefined) {
      return [];
    }
    const plan = this.plan(changeSet);
    await this.events.run((tx, emit) => {
      if (isOwnerGaining) {
        // An erasure fences attempts by deleting them; without an attempt, the status of the Powens user is the fence (TC-24).
        this.leases.requireInUse(user.userId, tx);
      }
      plan.write(tx, emit);
      alongside?.(tx);
    });
    return plan.ids;
  }

  /** Plans the writes and events of a change set, for a transaction of the caller. */
  plan(changeSet: ChangeSet): ChangePlan {
    const added = changeSet.diff.added.map((remote) => this.rowOf(changeSet, remote));
    const { diff, confirmed = [], revived = [], also = [] } = changeSet;
    const ids = [
      ...also.flatMap(({ connectionId }) => connectionId ?? []),
      ...diff.changed.map(({ local }) => local.id),
      ...[...confirmed, ...revived, ...added].map(({ id }) => id),
    ];
    return {
      ids: [...new Set(ids)],
      write: (tx, emit) => {
        this.insert(changeSet, added, tx);
        for (const { local, remote } of diff.changed) {
          this.changes.update(local, remote, tx);
        }
        this.bringBack(changeSet, tx);
        emit(...this.eventsOf(changeSet, added));
      },
    };
  }

  private insert({ quarantine }: ChangeSet, added: readonly NewConnection[], tx: Transaction): void {
    if (quarantine === undefined) {
      this.connections.insertAll(added, tx);
    } else {
      const rows = added.map((row) => ({ ...row, removalAuthenticator: this.custody.authorizeExpiry(row) }));
      this.connections.insertUnconfirmed(rows, quarantine, tx);
    }
  }

  /** Returns existing rows to use. Also releases the webhooks that waited for a confirmation. */
  private bringBack(
    { owner, attemptId, metadata = {}, confirmed = [], revived = [] }: ChangeSet,
    tx: Transaction,
  ): void {
    for (const { id, remote } of confirmed) {
      this.changes.confirm(id, remote, { attemptId, metadata, connectedBy: owner.actor ?? null }, tx);
    }
    if (confirmed.length > 0) {
      const ids = confirmed.map(({ remote }) => remote.id);
      this.inbox.release(ids, tx);
    }
    for (const { id, remote } of revived) {
      this.changes.revive(id, remote, tx);
    }
  }

  private eventsOf(changeSet: ChangeSet, added: readonly NewConnection[]): EventToAppend[] {
    const { diff, quarantine, confirmed = [], revived = [], also = [], arrived } = changeSet;
    const inUse = quarantine === undefined ? added : [];
    const brought = confirmed.map(({ id, remote }) => ({ ...remote, id, powensConnectionId: remote.id }));
    const created: readonly CreatedConnection[] = [...inUse, ...brought];
    return [
      ...(quarantine === undefined ? [] : added.map((row) => unconfirmedEvent(changeSet, row, quarantine))),
      ...inUse.map((row) => ({ ...this.createdEvent(changeSet, row, created), isFirst: true })),
      ...brought.map((row) => this.createdEvent(changeSet, row, created)),
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

function unconfirmedEvent(changeSet: ChangeSet, row: NewConnection, { removeAt }: Quarantine): EventToAppend {
  const { connectorUuid, connectorName, state } = row;
  return {
    ...idsOf(changeSet, row),
    type: 'connection.unconfirmed',
    data: { connectorUuid, connectorName, state, removeAt: removeAt.toISOString() },
  };
}

function syncedEvent(
  changeSet: ChangeSet,
  { local, data }: NonNullable<ChangeSet['arrived']>,
): EventToAppend {
  return { ...idsOf(changeSet, local), type: 'connection.synced', data: { ...data } };
}

/** The host may have dropped its data of the connection after `connection.deleted`: so the event describes the connection again. */
function revivedEvent(changeSet: ChangeSet, { id, remote }: Returned): EventToAppend {
  const { connectorUuid, connectorName, state } = remote;
  return {
    ...idsOf(changeSet, { id, powensConnectionId: remote.id }),
    type: 'connection.recovered',
    data: { previousState: null, reason: 'reappeared', connectorUuid, connectorName, state },
  };
}
