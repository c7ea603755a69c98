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
import { ConnectionsError, StorageError } from '../../errors/index.js';
import type { OwnedPowensUser } from '../../values/owned-powens-user.js';
import type { TokenAccess } from '../exchange/token-access.types.js';
import { DurableCommit } from './durable-commit.service.js';
import { ConnectionChangesService, type ChangeSet } from '../changes/connection-changes.service.js';
import { retryOnConflict } from '../changes/retry-on-conflict.js';
import type { Found } from './read-back.service.js';

/**
 * Writes what a completed attempt brought, in one transaction: the attempt, the Powens user and its sealed token, the
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
    private readonly observation: ConnectionChangesService,
  ) {}

  /**
   * Connects an attempt.
   *
   * @param readBack - reads once more what was found
   * @returns ids of its connections (uuid)
   * @throws ConnectionsError `owner_conflict`, `owner_already_connected`, `connection_not_found` when all of it is being
   *   deleted; StorageError; `commit_outcome_unknown`
   */
  async connect(
    attempt: ClaimedAttempt,
    grant: TokenAccess,
    found: Found,
    readBack: () => Promise<Found>,
  ): Promise<readonly string[]> {
    const { owner, id: attemptId, metadata } = attempt;
    const isNew = grant.kind === 'exchanged';
    const account = isNew ? this.custody.seal(owner, found.powensUserId, grant.token) : grant.account;
    const stored = isNew ? account : null;
    const observed = { owner, account, attemptId, metadata };
    try {
      return await this.commit(
        attempt,
        { ...observed, diff: diffOf([], found.connections) },
        { stored, told: [] },
      );
    } catch (error) {
      if (!(error instanceof StorageError && error.violates(CONNECTION_KEY))) {
        throw asConflict(error);
      }
    }
    // Nothing is looked up before it has to be: a connection is hardly ever known before its callback.
    return retryOnConflict(async () => {
      const known = await this.known(account, found);
      // Read after the look: what is neither here any more nor there was removed in between, and must not come back.
      const { connections } = await readBack();
      const { told, ...compared } = compare(known, connections);
      return this.commit(attempt, { ...observed, ...compared }, { stored, told });
    });
  }

  private async commit(
    attempt: ClaimedAttempt,
    observed: ChangeSet,
    { stored, told }: { stored: OwnedPowensUser | null; told: readonly string[] },
  ): Promise<readonly string[]> {
    const { confirmed = [], revived = [] } = observed;
    const added = this.observation.rowsOf(observed);
    const connectionIds = [...told, ...[...confirmed, ...revived, ...added].map(({ id }) => id)];
    await this.durable.run(attempt, (tx) => {
      this.claims.connect(attempt, connectionIds, tx);
      if (stored !== null) {
        this.custody.store(attempt.owner, stored, tx);
      }
      this.observation.record(observed, added, tx);
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

/** What a callback brought, compared with what is here. */
type Comparison = Pick<ChangeSet, 'diff' | 'confirmed' | 'revived'> & { readonly told: readonly string[] };

/**
 * Tells what is new from what is known. A connection in use was told of before; one in quarantine is confirmed, since
 * this callback is bound to the browser that started (OA-31); one that was gone is found again; one that is being deleted
 * does not come back.
 */
function compare(known: readonly KnownConnection[], remotes: readonly RemoteConnection[]): Comparison {
  const byId = new Map(known.map((row) => [row.powensConnectionId, row]));
  const told = known.filter(({ status }) => status === 'active').map(({ id }) => id);
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
  if (told.length + confirmed.length + revived.length + diff.added.length === 0) {
    throw new ConnectionsError('connection_not_found', 'The connection is being deleted.');
  }
  return { told, confirmed, revived, diff };
}

/** The unique keys decide who owns a Powens user: no look before the write can be raced (D09). */
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

function ownerConflict(): ConnectionsError {
  return new ConnectionsError(
    'owner_conflict',
    'This Powens user belongs to another owner of the application.',
  );
}
