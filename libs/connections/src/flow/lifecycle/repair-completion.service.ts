import { Inject, Injectable } from '@nestjs/common';
import type { ClaimedAttempt } from '../../attempts/attempt.js';
import { AttemptRepository } from '../../attempts/attempt.repository.js';
import { ConnectionChangesRepository } from '../../connections/connection-changes.repository.js';
import { diffOf, type LocalConnection, type RemoteConnection } from '../../connections/remote-diff.js';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { ConnectionsError, PowensApiError } from '../../errors/index.js';
import type { ResolvedOptions } from '../../options/resolved-options.js';
import type { EventToAppend } from '../../outbox/outbox.service.js';
import { PowensClient } from '../../powens/powens.client.js';
import type { PowensConnection } from '../../powens/powens.parsers.js';
import type { KeptGrant } from '../connect-flow.types.js';
import { DurableCommit } from '../durable-commit.service.js';
import { AdmissionService } from '../unconfirmed/admission.service.js';
import { sortOut } from '../unconfirmed/sort-out.js';
import { idsOf, ObservationService, type Observed } from './observation.service.js';
import { withFreshEyes } from './patience.js';

/** Powens' clock and the database's are not one, and Powens tells whole seconds. */
const CLOCKS_DIFFER_MS = 60_000;

/**
 * Completes reconnect and manage: what was done in the webview is read at Powens, compared, and told by events.
 *
 * @internal
 */
@Injectable()
export class RepairCompletionService {
  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly attempts: AttemptRepository,
    private readonly changes: ConnectionChangesRepository,
    private readonly observation: ObservationService,
    private readonly durable: DurableCommit,
    private readonly powens: PowensClient,
    private readonly admission: AdmissionService,
  ) {}

  /**
   * Completes an attempt.
   *
   * @returns ids of the connections it touched (uuid)
   * @throws ConnectionsError `not_found` when the connection was deleted here meanwhile; PowensApiError; StorageError
   */
  async connect(attempt: ClaimedAttempt, grant: KeptGrant): Promise<readonly string[]> {
    return withFreshEyes(async () => {
      const observed = await (attempt.flow === 'reconnect'
        ? this.reconnected(attempt, grant)
        : this.managed(attempt, grant));
      const added = this.observation.rowsOf(observed);
      const ids = [...touched(observed), ...added.map(({ id }) => id)];
      await this.durable.run(attempt, (tx) => {
        this.attempts.connect(attempt.id, ids, tx);
        this.observation.record(observed, added, tx);
      });
      return ids;
    });
  }

  private async reconnected(attempt: ClaimedAttempt, grant: KeptGrant): Promise<Observed> {
    const local = await this.changes.find(this.options.instance, attempt.owner, attempt.connectionId ?? '');
    if (local === null) {
      throw new ConnectionsError('not_found', 'The connection was deleted while it was reconnected.');
    }
    const remote = await this.remoteOf(local, grant);
    const observed = observedBy(attempt, grant, [local], remote === null ? [] : [remote]);
    return remote === null ? observed : { ...observed, also: [reconnectedEvent(observed, local, remote)] };
  }

  private async managed(attempt: ClaimedAttempt, grant: KeptGrant): Promise<Observed> {
    const locals = await this.changes.findEveryOf(grant.account.userId);
    const remotes = await grant.send(async (token) => this.powens.listConnections(token));
    const isKept = this.options.unconfirmedConnections === 'keep';
    const isMade = (remote: PowensConnection): boolean => isKept || isMadeDuring(attempt, remote);
    const { diff, confirmed, strangers } = sortOut(locals, remotes, isMade);
    const { owner } = attempt;
    const { account } = grant;
    if (strangers.length > 0) {
      await this.admission.admit({ owner, account, remotes: strangers });
    }
    return { owner, account, attemptId: attempt.id, diff, confirmed };
  }

  private async remoteOf(local: LocalConnection, grant: KeptGrant): Promise<RemoteConnection | null> {
    try {
      return await grant.send(async (token) => this.powens.getConnection(token, local.powensConnectionId));
    } catch (error) {
      if (error instanceof PowensApiError && error.code === 'connection_not_found') {
        return null;
      }
      throw error;
    }
  }
}

/** The page does not say what was made on it: the time does. One without a time is nobody's. */
function isMadeDuring(attempt: ClaimedAttempt, { created }: PowensConnection): boolean {
  return created !== null && created.getTime() >= attempt.createdAt.getTime() - CLOCKS_DIFFER_MS;
}

function observedBy(
  attempt: ClaimedAttempt,
  { account }: KeptGrant,
  locals: readonly LocalConnection[],
  remotes: readonly RemoteConnection[],
): Observed {
  return { owner: attempt.owner, account, attemptId: attempt.id, diff: diffOf(locals, remotes) };
}

function reconnectedEvent(
  observed: Observed,
  local: LocalConnection,
  { state }: RemoteConnection,
): EventToAppend {
  return { ...idsOf(observed, local), type: 'connection.reconnected', data: { state } };
}

/** A reconnect touches its connection even when nothing about it changed. */
function touched({ diff, confirmed = [], also = [] }: Observed): string[] {
  const ids = [
    ...also.map(({ connectionId }) => connectionId),
    ...diff.changed.map(({ local }) => local.id),
    ...confirmed.map(({ id }) => id),
  ];
  return [...new Set(ids.filter((id) => id !== null))];
}
