import { Inject, Injectable } from '@nestjs/common';
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
import type { OwnerAccount } from '../values/owner-account.js';
import type { Grant } from './connect-flow.types.js';
import { DurableCommit } from './durable-commit.service.js';
import { ObservationService, type Observed } from './lifecycle/observation.service.js';
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
    private readonly observation: ObservationService,
  ) {}

  /**
   * Connects an attempt.
   *
   * @returns ids of its connections (uuid)
   * @throws ConnectionsError `owner_conflict` or `owner_already_connected`; StorageError; `commit_outcome_unknown`
   */
  async connect(attempt: ClaimedAttempt, grant: Grant, found: Found): Promise<readonly string[]> {
    const { owner, id: attemptId, metadata } = attempt;
    const isNew = grant.kind === 'exchanged';
    const account = isNew ? this.custody.seal(owner, found.powensUserId, grant.token) : grant.account;
    const stored = isNew ? account : null;
    const diff = { added: found.connections, changed: [], removed: [] };
    const observed: Observed = { owner, account, attemptId, metadata, diff };
    const rows = this.observation.rowsOf(observed);
    try {
      return await this.commit(attempt, observed, { stored, added: rows, known: [] });
    } catch (error) {
      if (!(error instanceof StorageError && error.violates(CONNECTION_KEY))) {
        throw asConflict(error);
      }
      const known = await this.knownIds(account, rows);
      const added = rows.filter((row) => !known.has(row.powensConnectionId));
      return await this.commit(attempt, observed, { stored, added, known: [...known.values()] });
    }
  }

  private async commit(
    attempt: ClaimedAttempt,
    observed: Observed,
    {
      stored,
      added,
      known,
    }: { stored: OwnerAccount | null; added: readonly NewConnection[]; known: readonly string[] },
  ): Promise<readonly string[]> {
    const connectionIds = [...known, ...added.map(({ id }) => id)];
    await this.durable.run(attempt, (tx) => {
      this.attempts.connect(attempt.id, connectionIds, tx);
      if (stored !== null) {
        this.custody.store(attempt.owner, stored, tx);
      }
      this.observation.record(observed, added, tx);
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
