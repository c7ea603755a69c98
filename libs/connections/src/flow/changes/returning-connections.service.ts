import { Injectable } from '@nestjs/common';
import { ConnectionChangesRepository } from '../../connections/connection-changes.repository.js';
import { GoneConnectionsRepository } from '../../connections/gone-connections.repository.js';
import type { RemoteConnection } from '../../connections/remote-diff.js';
import type { Transaction } from '../../database/unit-of-work.js';
import type { ConnectionMetadata } from '../../values/metadata.js';
import type { Owner } from '../../values/owner.js';
import { InboxRepository } from '../../webhooks/inbox.repository.js';

/** A connection that has a row already: its id here, and what Powens says of it now. */
export interface Returned {
  readonly id: string;
  readonly remote: RemoteConnection;
}

/** What brings connections back, and which. Its attempt is the one that led to it, or null. */
export interface Returning {
  readonly owner: Owner;
  readonly attemptId: string | null;
  /** What those that are confirmed carry. */
  readonly metadata?: ConnectionMetadata;
  /** Connections in quarantine that it confirms (OA-31). */
  readonly confirmed?: readonly Returned[];
  /** Connections that were gone, and that Powens has. */
  readonly revived?: readonly Returned[];
}

/**
 * Takes connections into use that have a row already: confirmed out of quarantine, or found again at Powens.
 *
 * @internal
 */
@Injectable()
export class ReturningConnections {
  constructor(
    private readonly changes: ConnectionChangesRepository,
    private readonly gone: GoneConnectionsRepository,
    private readonly inbox: InboxRepository,
  ) {}

  /** Adds the writes to a transaction; webhooks that waited for a confirmation are processed after it. */
  record(
    { owner, attemptId, metadata = {}, confirmed = [], revived = [] }: Returning,
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
      this.gone.revive(id, remote, tx);
    }
  }
}
