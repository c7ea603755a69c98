import { Inject, Injectable, type Logger } from '@nestjs/common';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { AttemptClaimRepository } from '../../attempts/attempt-claim.repository.js';
import type { ClaimedAttempt } from '../../attempts/attempt.js';
import {
  ConnectionChangesRepository,
  type StandingConnection,
} from '../../connections/connection-changes.repository.js';
import { diffOf } from '../../connections/remote-diff.js';
import { ConnectionsError } from '../../errors/index.js';
import type { PowensConnection } from '../../powens/powens.parsers.js';
import { ConnectionChangesService, type ChangeSet } from '../changes/connection-changes.service.js';
import { idsOf } from '../changes/event-ids.js';
import { EventTransaction } from '../changes/event-transaction.js';
import { retryOnConflict } from '../changes/retry-on-conflict.js';
import { inSpan } from '../../telemetry/spans.js';
import { isMadeDuring } from '../exchange/made-during.js';
import type { KeptTokenAccess } from '../exchange/token-access.types.js';
import { assertOwn } from '../losses/own-connections.js';
import { RemoteConnections } from '../losses/remote-connections.service.js';
import { AdmissionService } from '../quarantine/admission.service.js';
import { classifyConnections } from '../quarantine/classify-connections.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { loggerOf } from '../../options/registration/logger-of.js';

/** The result of a repair. */
interface Repaired {
  readonly changeSet: ChangeSet;
  /** Connections that the list of Powens leaves out: each is still to be read by its id. */
  readonly missing: readonly StandingConnection[];
}

/**
 * Completes reconnect and manage: reads the connections at Powens, compares them with the rows, and emits an event per difference.
 *
 * @internal
 */
@Injectable()
export class RepairCompletionService {
  readonly #logger: Logger;

  constructor(
    private readonly claims: AttemptClaimRepository,
    private readonly changes: ConnectionChangesRepository,
    private readonly connectionChanges: ConnectionChangesService,
    private readonly events: EventTransaction,
    private readonly admission: AdmissionService,
    private readonly remotes: RemoteConnections,
    @Inject(RESOLVED_OPTIONS) options: Pick<ResolvedOptions, 'instance'>,
  ) {
    this.#logger = loggerOf('ConnectionsFlow', options);
  }

  /**
   * Completes an attempt.
   *
   * @returns ids of the connections it touched (uuid): the one of a reconnect also when nothing about it changed
   * @throws ConnectionsError `not_found` when the connection was deleted here meanwhile; `connection_not_found` when Powens does not
   *   find it; PowensApiError; StorageError
   */
  async connect(attempt: ClaimedAttempt, access: KeptTokenAccess): Promise<readonly string[]> {
    const { ids, missing } = await retryOnConflict(async () => {
      const repaired = await inSpan('powens.read_back', async () =>
        attempt.flow === 'reconnect' ? this.reconnected(attempt, access) : this.managed(attempt, access),
      );
      const plan = this.connectionChanges.plan(repaired.changeSet);
      await this.events.complete(attempt, (tx, emit) => {
        this.claims.connect(attempt, plan.ids, tx);
        plan.write(tx, emit);
      });
      return { ids: plan.ids, missing: repaired.missing };
    });
    await this.checkMissing(missing, attempt, access);
    return ids;
  }

  /** Reads the connection of a reconnect. */
  private async reconnected(attempt: ClaimedAttempt, { user }: KeptTokenAccess): Promise<Repaired> {
    const { owner, id: attemptId } = attempt;
    const local = await this.changes.find(owner, attempt.connectionId ?? '');
    if (local === null) {
      throw new ConnectionsError('not_found', 'The connection was deleted while it was reconnected.');
    }
    const remote = await this.remotes.find(owner, user, local.powensConnectionId);
    if (remote === null) {
      await this.remotes.notFound(local);
      throw new ConnectionsError('connection_not_found', 'Powens does not find the connection any more.');
    }
    const origin = { owner, user, attemptId };
    const { state } = remote;
    const event = { ...idsOf(origin, local), type: 'connection.reconnected', data: { state } } as const;
    return { changeSet: { ...origin, diff: diffOf([local], [remote]), also: [event] }, missing: [] };
  }

  /** Reads the connections after the manage page, where they may be added and deleted. */
  private async managed(attempt: ClaimedAttempt, { user }: KeptTokenAccess): Promise<Repaired> {
    const { owner, id: attemptId } = attempt;
    const locals = await this.changes.findEveryOf(user.userId);
    const list = await this.remotes.list(owner, user, { mayRenew: true });
    const remotes = assertOwn(list, user.powensUserId);
    // The manage page does not report what was created there, so the time of creation decides.
    const isMade = (remote: PowensConnection): boolean =>
      this.admission.keepsAll || isMadeDuring(attempt, remote);
    const { diff, confirmed, revived, missing, unattributed } = classifyConnections(locals, remotes, isMade);
    if (unattributed.length > 0) {
      await this.admission.admit({ owner, user, remotes: unattributed });
    }
    return { changeSet: { owner, user, attemptId, diff, confirmed, revived }, missing };
  }

  /**
   * Reads each connection that the manage page may have deleted. The owner was present, so one answer of Powens about each is enough.
   * Never fails: the attempt is complete, and the next comparison repeats a check that failed.
   */
  private async checkMissing(
    missing: readonly StandingConnection[],
    { owner }: ClaimedAttempt,
    { user }: KeptTokenAccess,
  ): Promise<void> {
    try {
      await this.remotes.look(owner, user, missing, true);
    } catch (error) {
      if (!(error instanceof ConnectionsError)) {
        throw error;
      }
      this.#logger.warn(`Connections that Powens left out could not be checked: ${error.message}`);
    }
  }
}
