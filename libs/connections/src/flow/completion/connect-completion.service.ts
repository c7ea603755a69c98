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
import { Traced } from '../../telemetry/spans.js';
import type { OwnedPowensUser } from '../../values/owned-powens-user.js';
import { PowensClient } from '../../powens/powens.client.js';
import { ConnectionChangesService, type ChangeSet } from '../changes/connection-changes.service.js';
import { EventTransaction } from '../changes/event-transaction.js';
import { retryOnConflict } from '../changes/retry-on-conflict.js';
import { ownerAlreadyConnected } from '../exchange/token-access.service.js';
import type { TokenAccess } from '../exchange/token-access.types.js';
import { assertUser, readBack, type Found } from './read-back.js';

/** What a transaction writes beside a change set, and the connections that are in use already. */
interface Beside {
  /** The Powens user to store with its sealed token; null for one that has a row. */
  readonly stored: OwnedPowensUser | null;
  readonly inUse: readonly string[];
}

/**
 * Completes an attempt that may have added connections: verifies the claims of its callback at Powens, and writes the result in
 * one transaction: the attempt, the Powens user and its sealed token, the connections, and one event per connection.
 *
 * @see RL-03
 * @internal
 */
@Injectable()
export class ConnectCompletionService {
  constructor(
    private readonly powens: PowensClient,
    private readonly claims: AttemptClaimRepository,
    private readonly custody: TokenCustodyService,
    private readonly connections: ConnectionRepository,
    private readonly connectionChanges: ConnectionChangesService,
    private readonly events: EventTransaction,
  ) {}

  /**
   * Connects an attempt.
   *
   * @returns ids of its connections (uuid)
   * @throws ConnectionsError `owner_conflict`, `owner_already_connected`, `connection_not_found` when every connection
   *   is being deleted, `callback_incomplete`; PowensApiError; StorageError; `commit_outcome_unknown`
   */
  async connect(attempt: ClaimedAttempt, access: TokenAccess): Promise<readonly string[]> {
    const found = await this.read(attempt, access);
    try {
      return await this.write(attempt, access, found);
    } catch (error) {
      if (
        access.kind === 'exchanged' &&
        error instanceof ConnectionsError &&
        error.code === 'owner_conflict'
      ) {
        // A conflict leads to an undo at Powens: first confirm, with the token itself, which Powens user it belongs to.
        await assertUser(this.powens, access, found.powensUserId);
      }
      throw error;
    }
  }

  @Traced('powens.read_back')
  private async read({ claim }: ClaimedAttempt, access: TokenAccess): Promise<Found> {
    return readBack(this.powens, access, claim.connectionIds);
  }

  private async write(
    attempt: ClaimedAttempt,
    access: TokenAccess,
    found: Found,
  ): Promise<readonly string[]> {
    const { owner, id: attemptId, metadata } = attempt;
    const isNew = access.kind === 'exchanged';
    const user = isNew
      ? this.custody.seal(owner, found.powensUserId, access.token, access.tenant)
      : access.user;
    const stored = isNew ? user : null;
    const origin = { owner, user, attemptId, metadata };
    try {
      const diff = diffOf([], found.connections);
      return await this.commit(attempt, { ...origin, diff }, { stored, inUse: [] });
    } catch (error) {
      if (!(error instanceof StorageError && error.violates(CONNECTION_KEY))) {
        throw asConflict(error);
      }
    }
    // The lookup is deferred until the insert conflicts: a connection is rarely known before its callback.
    return retryOnConflict(async () => {
      const known = await this.known(user, found);
      // Read after the lookup: a connection that is neither here nor at Powens was removed in between, and must not reappear.
      const { connections } = await this.read(attempt, access);
      const { inUse, ...compared } = compare(known, connections);
      return this.commit(attempt, { ...origin, ...compared }, { stored, inUse });
    });
  }

  private async commit(
    attempt: ClaimedAttempt,
    changeSet: ChangeSet,
    { stored, inUse }: Beside,
  ): Promise<readonly string[]> {
    const plan = this.connectionChanges.plan(changeSet);
    const connectionIds = [...inUse, ...plan.ids];
    await this.events.complete(attempt, (tx, emit) => {
      this.claims.connect(attempt, connectionIds, tx);
      if (stored !== null) {
        this.custody.store(attempt.owner, stored, tx);
      }
      plan.write(tx, emit);
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
    return ownerAlreadyConnected();
  }
  return error;
}
