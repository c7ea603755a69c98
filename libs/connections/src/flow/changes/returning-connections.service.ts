import { Injectable } from '@nestjs/common';
import { ConnectionChangesRepository } from '../../connections/connection-changes.repository.js';
import type { RemoteConnection } from '../../connections/remote-diff.js';
import type { Transaction } from '../../database/unit-of-work.js';
import type { ConnectionMetadata } from '../../values/metadata.js';
import type { Owner } from '../../values/owner.js';
import { InboxRepository } from '../../webhooks/inbox.repository.js';

/** A connection that has a row already: its id here, and its current state at Powens. */
export interface Returned {
  readonly id: string;
  readonly remote: RemoteConnection;
}

/** The connections that return to use. `attemptId`: the attempt that caused it, or null. */
export interface Returning {
  readonly owner: Owner;
  readonly attemptId: string | null;
  /** Metadata of the confirmed connections. */
  readonly metadata?: ConnectionMetadata;
  /** Connections in quarantine that are confirmed (OA-31). */
  readonly confirmed?: readonly Returned[];
  /** Connections that were gone, and that Powens reports again. */
  readonly revived?: readonly Returned[];
}

/**
 * Returns existing rows to use: connections confirmed out of quarantine, or found again at Powens.
 *
 * @internal
 */
@Injectable()
export class ReturningConnections {
  constructor(
    private readonly changes: ConnectionChangesRepository,
    private readonly inbox: InboxRepository,
  ) {}

  /** Adds the writes to a transaction. It also releases the webhooks that waited for a confirmation. */
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
      this.changes.revive(id, remote, tx);
    }
  }
}
