import { Inject, Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { ClaimedAttempt } from '../attempts/attempt.js';
import { AttemptRepository } from '../attempts/attempt.repository.js';
import {
  CONNECTION_KEY,
  ConnectionRepository,
  type NewConnection,
} from '../connections/connection.repository.js';
import { RESOLVED_OPTIONS } from '../connections.constants.js';
import { OWNER_KEY, POWENS_USER_KEY } from '../custody/powens-user.repository.js';
import { TokenCustodyService } from '../custody/token-custody.service.js';
import { ConnectionsError, StorageError } from '../errors/index.js';
import type { ResolvedOptions } from '../options/resolved-options.js';
import { OutboxService, type EventToAppend } from '../outbox/outbox.service.js';
import type { OwnerAccount } from '../values/owner-account.js';
import type { Grant } from './connect-flow.types.js';
import { DurableCommit } from './durable-commit.service.js';
import type { Found } from './read-back.service.js';

/**
 * Writes what a completed attempt brought, in one transaction: the attempt, the Powens user and its sealed token, the
 * connections, and one event per connection.
 *
 * @see RL-03
 * @internal
 */
@Injectable()
export class CompletionService {
  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly durable: DurableCommit,
    private readonly attempts: AttemptRepository,
    private readonly custody: TokenCustodyService,
    private readonly connections: ConnectionRepository,
    private readonly outbox: OutboxService,
  ) {}

  /**
   * Connects an attempt.
   *
   * @returns ids of its connections (uuid)
   * @throws ConnectionsError `owner_conflict` or `owner_already_connected`; StorageError; `commit_outcome_unknown`
   */
  async connect(attempt: ClaimedAttempt, grant: Grant, found: Found): Promise<readonly string[]> {
    const account = grant.account ?? this.custody.seal(attempt.owner, found.powensUserId, grant.token);
    const isNew = grant.account === null;
    const rows = found.connections.map((connection) => this.rowOf(attempt, account, connection));
    try {
      return await this.commit(attempt, { account, isNew }, rows, []);
    } catch (error) {
      if (!(error instanceof StorageError && error.violates(CONNECTION_KEY))) {
        throw asConflict(error);
      }
      const known = await this.knownIds(account, rows);
      const added = rows.filter((row) => !known.has(row.powensConnectionId));
      return await this.commit(attempt, { account, isNew }, added, [...known.values()]);
    }
  }

  private async commit(
    attempt: ClaimedAttempt,
    user: { account: OwnerAccount; isNew: boolean },
    added: readonly NewConnection[],
    known: readonly string[],
  ): Promise<readonly string[]> {
    const connectionIds = [...known, ...added.map(({ id }) => id)];
    await this.durable.run(attempt, (tx) => {
      this.attempts.connect(attempt.id, connectionIds, tx);
      if (user.isNew) {
        this.custody.store(attempt.owner, user.account, tx);
      }
      this.connections.insertAll(added, tx);
      this.outbox.append(
        added.map((row) => created(row, user.account.powensUserId)),
        tx,
      );
    });
    return connectionIds;
  }

  /** A connection that is already kept for this user is told of once; one that is another user's is a conflict. */
  private async knownIds(
    account: OwnerAccount,
    rows: readonly NewConnection[],
  ): Promise<ReadonlyMap<string, string>> {
    const powensIds = rows.map((row) => row.powensConnectionId);
    const known = await this.connections.findKnown(this.options.instance, powensIds);
    if (known.some(({ userId }) => userId !== account.userId)) {
      throw ownerConflict();
    }
    return new Map(known.map(({ powensConnectionId, id }) => [powensConnectionId, id]));
  }

  private rowOf(
    attempt: ClaimedAttempt,
    account: OwnerAccount,
    connection: Found['connections'][number],
  ): NewConnection {
    return {
      id: uuidv7(),
      instance: this.options.instance,
      owner: attempt.owner,
      userId: account.userId,
      attemptId: attempt.id,
      powensConnectionId: connection.id,
      connectorUuid: connection.connectorUuid,
      connectorName: connection.connectorName,
      state: connection.state,
      lastSyncedAt: connection.lastUpdate,
      expiresAt: connection.expire,
    };
  }
}

function created(row: NewConnection, powensUserId: string): EventToAppend {
  return {
    type: 'connection.created',
    ownerId: row.owner.id,
    tenant: row.owner.tenant,
    attemptId: row.attemptId,
    connectionId: row.id,
    powensConnectionId: row.powensConnectionId,
    powensUserId,
    data: { connectorUuid: row.connectorUuid, connectorName: row.connectorName, state: row.state },
  };
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
