import { Injectable } from '@nestjs/common';
import type { ClaimedAttempt } from '../../attempts/attempt.js';
import { AttemptClaimRepository } from '../../attempts/attempt-claim.repository.js';
import {
  CONNECTION_KEY,
  ConnectionRepository,
  type KnownConnection,
} from '../../connections/connection.repository.js';
import { diffOf, type RemoteConnection } from '../../connections/remote-diff.js';
import { OWNER_KEY, POWENS_USER_KEY } from '../../custody/powens-user.repository.js';
import { TokenCustodyService } from '../../custody/token-custody.service.js';
import { ConnectionsError, ownerConflict, StorageError } from '../../errors/index.js';
import type { OwnedPowensUser } from '../../values/owned-powens-user.js';
import type { TokenAccess } from '../exchange/token-access.types.js';
import { DurableCommit } from './durable-commit.service.js';
import { ConnectionChangesService, type ChangeSet } from '../changes/connection-changes.service.js';
import { retryOnConflict } from '../changes/retry-on-conflict.js';
import type { Found } from './read-back.service.js';

/**
 * Writes the result of a completed attempt in one transaction: the attempt, the Powens user and its sealed token, the
 * connections, and one event per connection.
 *
 * @see RL-03
 * @internal
 */
@Injectable()
export class ConnectCompletionService {
  constructor(
    private readonly durable: DurableCommit,
    private readonly claims: AttemptClaimRepository,
    private readonly custody: TokenCustodyService,
    private readonly connections: ConnectionRepository,
    private readonly connectionChanges: ConnectionChangesService,
  ) {}

  /**
   * Connects an attempt.
   *
   * @param readBack - reads the connections at Powens again
   * @returns ids of its connections (uuid)
   * @throws ConnectionsError `owner_conflict`, `owner_already_connected`, `connection_not_found` when every connection
   *   is being deleted; StorageError; `commit_outcome_unknown`
   */
  async connect(
    attempt: ClaimedAttempt,
    access: TokenAccess,
    found: Found,
    readBack: () => Promise<Found>,
  ): Promise<readonly string[]> {
    const { owner, id: attemptId, metadata } = attempt;
    const isNew = access.kind === 'exchanged';
    const user = isNew ? this.custody.seal(owner, found.powensUserId, access.token) : access.user;
    const stored = isNew ? user : null;
    const origin = { owner, user, attemptId, metadata };
    try {
      return await this.commit(
        attempt,
        { ...origin, diff: diffOf([], found.connections) },
        { stored, inUse: [] },
      );
    } catch (error) {
      if (!(error instanceof StorageError && error.violates(CONNECTION_KEY))) {
        throw asConflict(error);
      }
    }
    // The lookup is deferred until the insert conflicts: a connection is rarely known before its callback.
    return retryOnConflict(async () => {
      const known = await this.known(user, found);
      // Read after the lookup: a connection that is neither here nor at Powens was removed in between, and must not reappear.
      const { connections } = await readBack();
      const { inUse, ...compared } = compare(known, connections);
      return this.commit(attempt, { ...origin, ...compared }, { stored, inUse });
    });
  }

  private async commit(
    attempt: ClaimedAttempt,
    changeSet: ChangeSet,
    { stored, inUse }: { stored: OwnedPowensUser | null; inUse: readonly string[] },
  ): Promise<readonly string[]> {
    const { confirmed = [], revived = [] } = changeSet;
    const added = this.connectionChanges.rowsOf(changeSet);
    const connectionIds = [...inUse, ...[...confirmed, ...revived, ...added].map(({ id }) => id)];
    await this.durable.run(attempt, (tx) => {
      this.claims.connect(attempt, connectionIds, tx);
      if (stored !== null) {
        this.custody.store(attempt.owner, stored, tx);
      }
      this.connectionChanges.record(changeSet, added, tx);
    });
    return connectionIds;
  }

  private async known({ userId }: OwnedPowensUser, found: Found): Promise<readonly KnownConnection[]> {
    const powensIds = found.connections.map(({ id }) => id);
    const known = await this.connections.findKnown(powensIds);
    if (known.some((row) => row.userId !== userId)) {
      throw ownerConflict();
    }
    return known;
  }
}

/** The connections of a callback, compared with the rows here. `inUse`: ids (uuid) of those that are in use already. */
type Comparison = Pick<ChangeSet, 'diff' | 'confirmed' | 'revived'> & { readonly inUse: readonly string[] };

/**
 * Separates new connections from known ones. A connection in use has had its events already; one in quarantine is confirmed,
 * since this callback is bound to the browser that started (OA-31); one that was gone is revived; one that is being deleted
 * stays deleted.
 */
function compare(known: readonly KnownConnection[], remotes: readonly RemoteConnection[]): Comparison {
  const byId = new Map(known.map((row) => [row.powensConnectionId, row]));
  const inUse = known.filter(({ status }) => status === 'active').map(({ id }) => id);
  const of = (status: KnownConnection['status']): NonNullable<ChangeSet['confirmed']> =>
    remotes.flatMap((remote) => {
      const row = byId.get(remote.id);
      return row?.status === status ? [{ id: row.id, remote }] : [];
    });
  const [confirmed, revived] = [of('unconfirmed'), of('gone')];
  const diff = diffOf(
    [],
    remotes.filter(({ id }) => !byId.has(id)),
  );
  if (inUse.length + confirmed.length + revived.length + diff.added.length === 0) {
    throw new ConnectionsError('connection_not_found', 'The connection is being deleted.');
  }
  return { inUse, confirmed, revived, diff };
}

/** The unique keys decide who owns a Powens user: a check before the write would have a race (D09). */
function asConflict(error: unknown): unknown {
  if (error instanceof StorageError && error.violates(POWENS_USER_KEY)) {
    return ownerConflict();
  }
  if (error instanceof StorageError && error.violates(OWNER_KEY)) {
    return new ConnectionsError(
      'owner_already_connected',
      'Another attempt of this owner was completed first.',
    );
  }
  return error;
}
