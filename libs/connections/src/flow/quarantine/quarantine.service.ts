import { Inject, Injectable, Logger } from '@nestjs/common';
import {
  ConnectionRepository,
  type NewConnection,
  type NewUnconfirmed,
  type Quarantine,
} from '../../connections/connection.repository.js';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { ConnectionCustody } from '../../custody/connections/connection-custody.service.js';
import { PowensUserLeaseRepository } from '../../custody/powens-user-lease.repository.js';
import type { Transaction } from '../../database/unit-of-work.js';
import type { ConnectionUnconfirmedData } from '../../events/index.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { OutboxRepository, type EventToAppend } from '../../outbox/outbox.repository.js';
import { idsOf, ConnectionChangesService, type ChangeSet } from '../changes/connection-changes.service.js';

/** Connections that are about to be put into quarantine. */
export interface Quarantined {
  readonly observed: ChangeSet;
  readonly rows: readonly NewUnconfirmed[];
  readonly quarantine: Quarantine;
}

/**
 * Rows and events of connections that wait for a confirmation.
 *
 * @internal
 */
@Injectable()
export class QuarantineService {
  readonly #logger = new Logger('ConnectionsAdmission');

  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly leases: PowensUserLeaseRepository,
    private readonly connections: ConnectionRepository,
    private readonly observation: ConnectionChangesService,
    private readonly outbox: OutboxRepository,
    private readonly custody: ConnectionCustody,
  ) {}

  /** Makes the rows of the added connections, and sets when they expire: at once where the option says `delete`. */
  async prepare(observed: ChangeSet): Promise<Quarantined> {
    const { unconfirmedConnections, lifecycle } = this.options;
    const hours = unconfirmedConnections === 'delete' ? 0 : lifecycle.unconfirmedRemovalHours;
    const quarantine = await this.connections.quarantineOf(hours);
    const rows = this.observation
      .rowsOf(observed)
      .map((row) => ({ ...row, removalAuthenticator: this.custody.authorizeExpiry(row) }));
    return { observed, rows, quarantine };
  }

  /** Adds the rows and one event each. The transaction fails when the Powens user is not in use. */
  record({ observed, rows, quarantine }: Quarantined, tx: Transaction): void {
    if (rows.length > 0) {
      // A connection that is reported during an erasure must not be inserted after it (TC-24).
      this.leases.requireInUse(observed.user.userId, tx);
    }
    this.connections.insertUnconfirmed(rows, quarantine, tx);
    this.outbox.append(
      rows.map((row) => unconfirmedEvent(observed, row, quarantine)),
      tx,
    );
  }

  /** Logs them, once they are durable. */
  log({ rows, quarantine }: Quarantined): void {
    for (const { id } of rows) {
      this.#logger.warn(
        `Security: connection ${id} exists at Powens and is not confirmed; it is removed there from ` +
          `${quarantine.removeAt.toISOString()} on, unless it is confirmed`,
      );
    }
  }
}

function unconfirmedEvent(observed: ChangeSet, row: NewConnection, { removeAt }: Quarantine): EventToAppend {
  const { connectorUuid, connectorName, state } = row;
  const data: ConnectionUnconfirmedData = {
    connectorUuid,
    connectorName,
    state,
    removeAt: removeAt.toISOString(),
  };
  return { ...idsOf(observed, row), type: 'connection.unconfirmed', data };
}
