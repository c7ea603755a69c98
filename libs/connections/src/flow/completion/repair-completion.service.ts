import { Injectable } from '@nestjs/common';
import type { ClaimedAttempt } from '../../attempts/attempt.js';
import { AttemptClaimRepository } from '../../attempts/attempt-claim.repository.js';
import type { KeptTokenAccess } from '../exchange/token-access.types.js';
import { DurableCommit } from './durable-commit.service.js';
import { ConnectionChangesService, type ChangeSet } from '../changes/connection-changes.service.js';
import { retryOnConflict } from '../changes/retry-on-conflict.js';
import { RepairReading } from './repair-reading.service.js';

/**
 * Completes reconnect and manage: reads the connections at Powens, compares them with the rows, and emits an event per difference.
 *
 * @internal
 */
@Injectable()
export class RepairCompletionService {
  constructor(
    private readonly claims: AttemptClaimRepository,
    private readonly connectionChanges: ConnectionChangesService,
    private readonly durable: DurableCommit,
    private readonly reading: RepairReading,
  ) {}

  /**
   * Completes an attempt.
   *
   * @returns ids of the connections it touched (uuid)
   * @throws ConnectionsError `not_found` when the connection was deleted here meanwhile; `connection_not_found` when Powens does not
   *   find it; PowensApiError; StorageError
   */
  async connect(attempt: ClaimedAttempt, access: KeptTokenAccess): Promise<readonly string[]> {
    const { ids, missing } = await retryOnConflict(async () => {
      const repaired = await (attempt.flow === 'reconnect'
        ? this.reading.reconnected(attempt, access)
        : this.reading.managed(attempt, access));
      const { changeSet } = repaired;
      const added = this.connectionChanges.rowsOf(changeSet);
      const touchedIds = [...touched(changeSet), ...added.map(({ id }) => id)];
      await this.durable.run(attempt, (tx) => {
        this.claims.connect(attempt, touchedIds, tx);
        this.connectionChanges.record(changeSet, added, tx);
      });
      return { ids: touchedIds, missing: repaired.missing };
    });
    await this.reading.checkMissing(missing, attempt, access);
    return ids;
  }
}

/** A reconnect touches its connection even when nothing about it changed. */
function touched({ diff, confirmed = [], revived = [], also = [] }: ChangeSet): string[] {
  const ids = [
    ...also.map(({ connectionId }) => connectionId),
    ...diff.changed.map(({ local }) => local.id),
    ...[...confirmed, ...revived].map(({ id }) => id),
  ];
  return [...new Set(ids.filter((id) => id !== null))];
}
