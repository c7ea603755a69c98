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
import type { EventToAppend } from '../../outbox/outbox.service.js';
import type { OwnedPowensUser } from '../../values/owned-powens-user.js';
import { EventTransaction } from './event-transaction.js';
import { ReturningConnections, type Returning } from './returning-connections.service.js';

/** Where an observation comes from. */
export interface ChangeSet extends Returning {
  readonly account: Pick<OwnedPowensUser, 'userId' | 'powensUserId'>;
  readonly diff: RemoteDiff;
  /** A synchronisation that a webhook reports: notified as it is, whatever its date. */
  readonly arrived?: {
    readonly local: Pick<LocalConnection, 'id' | 'powensConnectionId'>;
    readonly data: ConnectionSyncedData;
  };
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
export class ConnectionChangesService {
  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly connections: ConnectionRepository,
    private readonly changes: ConnectionChangesRepository,
    private readonly accounts: PowensUserLeaseRepository,
    private readonly returning: ReturningConnections,
    private readonly events: EventTransaction,
    private readonly custody: ConnectionCustody,
  ) {}

  /**
   * Writes an observation that no attempt led to.
   *
   * @param alongside - adds what must be written with it; then there is a transaction even when nothing was new
   * @throws ConnectionsError `busy` when somebody else wrote meanwhile: look again
   */
  async commit(observed: ChangeSet, alongside?: (tx: Transaction) => void): Promise<void> {
    const added = this.rowsOf(observed);
    const brought = added.length + (observed.confirmed?.length ?? 0) + (observed.revived?.length ?? 0);
    const news = brought + observed.diff.changed.length + (observed.also?.length ?? 0);
    if (news === 0 && alongside === undefined) {
      return;
    }
    await this.events.run((tx) => {
      if (brought > 0) {
        // An erasure fences attempts by deleting them; without one, the account itself is asked (TC-24).
        this.accounts.requireInUse(observed.account.userId, tx);
      }
      this.record(observed, added, tx);
      alongside?.(tx);
    });
  }

  /** Makes the rows of connections that are new here. */
  rowsOf(observed: ChangeSet): readonly NewConnection[] {
    return observed.diff.added.map((remote) => this.rowOf(observed, remote));
  }

  /**
   * Adds the writes and events of an observation.
   *
   * @param added - rows made by {@link ConnectionChangesService.rowsOf}
   */
  record(observed: ChangeSet, added: readonly NewConnection[], tx: Transaction): void {
    this.connections.insertAll(added, tx);
    for (const { local, remote } of observed.diff.changed) {
      this.changes.update(local, remote, tx);
    }
    this.returning.record(observed, tx);
    this.events.append(this.eventsOf(observed, added), tx);
  }

  private eventsOf(observed: ChangeSet, added: readonly NewConnection[]): EventToAppend[] {
    const { diff, confirmed = [], revived = [], also = [], arrived } = observed;
    const created: readonly CreatedConnection[] = [
      ...added,
      ...confirmed.map(({ id, remote }) => ({ ...remote, id, powensConnectionId: remote.id })),
    ];
    return [
      ...created.map((row) => this.createdEvent(observed, row, created)),
      ...revived.map((back) => revivedEvent(observed, back)),
      ...also,
      ...diff.changed.flatMap(({ local, remote }) =>
        eventsOfChange(local, remote)
          .filter(({ type }) => arrived === undefined || type !== 'connection.synced')
          .map((event) => ({ ...idsOf(observed, local), ...event })),
      ),
      ...(arrived === undefined ? [] : [syncedEvent(observed, arrived)]),
    ];
  }

  private createdEvent(
    observed: ChangeSet,
    row: CreatedConnection,
    together: readonly CreatedConnection[],
  ): EventToAppend {
    const { owner, metadata = {} } = observed;
    const { connectorUuid, connectorName, state } = row;
    const connectedBy = owner.actor ?? null;
    const query = this.connections.withSameConnector(owner, { row, together });
    return {
      ...idsOf(observed, row),
      type: 'connection.created',
      data: { connectorUuid, connectorName, state, connectedBy, metadata, sameConnectorAs: [] },
      lateIds: { name: 'sameConnectorAs', query },
    };
  }

  private rowOf(
    { owner, account, attemptId, metadata = {} }: ChangeSet,
    remote: RemoteConnection,
  ): NewConnection {
    const row = { id: uuidv7(), userId: account.userId, powensConnectionId: remote.id };
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

function syncedEvent(observed: ChangeSet, { local, data }: NonNullable<ChangeSet['arrived']>): EventToAppend {
  return { ...idsOf(observed, local), type: 'connection.synced', data: { ...data } };
}

/** The host may have dropped what it kept of the connection when it was told as deleted: so the event says what it is. */
function revivedEvent(
  observed: ChangeSet,
  { id, remote }: { readonly id: string; readonly remote: RemoteConnection },
): EventToAppend {
  const { connectorUuid, connectorName, state } = remote;
  return {
    ...idsOf(observed, { id, powensConnectionId: remote.id }),
    type: 'connection.recovered',
    data: { previousState: null, reason: 'reappeared', connectorUuid, connectorName, state },
  };
}

/** The ids that an event of a kept connection carries. */
export function idsOf(
  { owner, account, attemptId }: Pick<ChangeSet, 'owner' | 'account' | 'attemptId'>,
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
