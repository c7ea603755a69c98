import { Inject, Injectable, Logger } from '@nestjs/common';
import type { ClaimedAttempt } from '../../attempts/attempt.js';
import {
  ConnectionChangesRepository,
  type StandingConnection,
} from '../../connections/connection-changes.repository.js';
import { diffOf, type LocalConnection, type RemoteConnection } from '../../connections/remote-diff.js';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { ConnectionsError } from '../../errors/index.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import type { EventToAppend } from '../../outbox/outbox.repository.js';
import { PowensClient } from '../../powens/powens.client.js';
import type { PowensConnection } from '../../powens/powens.parsers.js';
import type { KeptTokenAccess } from '../exchange/token-access.types.js';
import { isMadeDuring } from '../exchange/made-during.js';
import { assertOwn } from '../losses/own-connections.js';
import { MissingConnections } from '../losses/missing-connections.service.js';
import { isConnectionNotFound } from '../losses/remote-connections.service.js';
import { AdmissionService } from '../quarantine/admission.service.js';
import { classifyConnections } from '../quarantine/classify-connections.js';
import { idsOf, type ChangeSet } from '../changes/connection-changes.service.js';

/** The result of a repair. */
export interface Repaired {
  readonly changeSet: ChangeSet;
  /** Connections that the list of Powens leaves out: each is still to be read by its id. */
  readonly missing: readonly StandingConnection[];
}

/**
 * Reads the result of a reconnect, or of the manage page, at Powens.
 *
 * @internal
 */
@Injectable()
export class RepairReading {
  readonly #logger = new Logger('ConnectionsFlow');

  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly changes: ConnectionChangesRepository,
    private readonly powens: PowensClient,
    private readonly admission: AdmissionService,
    private readonly missing: MissingConnections,
  ) {}

  /**
   * Reads the connection of a reconnect.
   *
   * @throws ConnectionsError `not_found` when it was deleted here meanwhile, `connection_not_found` when Powens does not find it;
   *   PowensApiError
   */
  async reconnected(attempt: ClaimedAttempt, access: KeptTokenAccess): Promise<Repaired> {
    const local = await this.changes.find(attempt.owner, attempt.connectionId ?? '');
    if (local === null) {
      throw new ConnectionsError('not_found', 'The connection was deleted while it was reconnected.');
    }
    const remote = await this.remoteOf(local, access);
    if (remote === null) {
      await this.missing.notFound(local);
      throw new ConnectionsError('connection_not_found', 'Powens does not find the connection any more.');
    }
    const changeSet: ChangeSet = {
      owner: attempt.owner,
      user: access.user,
      attemptId: attempt.id,
      diff: diffOf([local], [remote]),
    };
    return { changeSet: { ...changeSet, also: [reconnectedEvent(changeSet, local, remote)] }, missing: [] };
  }

  /** Reads the connections after the manage page, where they may be added and deleted. */
  async managed(attempt: ClaimedAttempt, access: KeptTokenAccess): Promise<Repaired> {
    const locals = await this.changes.findEveryOf(access.user.userId);
    const list = await access.send(async (token) => this.powens.listConnections(token));
    const remotes = assertOwn(list, access.user.powensUserId);
    const isKept = this.options.unconfirmedConnections === 'keep';
    // The manage page does not report what was created there, so the time of creation decides.
    const isMade = (remote: PowensConnection): boolean => isKept || isMadeDuring(attempt, remote);
    const { diff, confirmed, revived, missing, unattributed } = classifyConnections(locals, remotes, isMade);
    const { owner } = attempt;
    const { user } = access;
    if (unattributed.length > 0) {
      await this.admission.admit({ owner, user, remotes: unattributed });
    }
    const changeSet = { owner, user, attemptId: attempt.id, diff, confirmed, revived };
    return { changeSet, missing };
  }

  /**
   * Reads each connection that the manage page may have deleted. The owner was present, so one answer of Powens about each is enough.
   * Never fails: the attempt is complete, and the next comparison repeats a check that failed.
   */
  async checkMissing(
    missing: readonly StandingConnection[],
    { owner }: ClaimedAttempt,
    { user }: KeptTokenAccess,
  ): Promise<void> {
    try {
      await this.missing.look(owner, user, missing, true);
    } catch (error) {
      if (!(error instanceof ConnectionsError)) {
        throw error;
      }
      this.#logger.warn(`Connections that Powens left out could not be checked: ${error.message}`);
    }
  }

  private async remoteOf(local: LocalConnection, access: KeptTokenAccess): Promise<RemoteConnection | null> {
    try {
      const found = await access.send(async (token) =>
        this.powens.getConnection(token, local.powensConnectionId),
      );
      assertOwn([found], access.user.powensUserId);
      return found;
    } catch (error) {
      if (isConnectionNotFound(error)) {
        return null;
      }
      throw error;
    }
  }
}

function reconnectedEvent(
  changeSet: ChangeSet,
  local: LocalConnection,
  { state }: RemoteConnection,
): EventToAppend {
  return { ...idsOf(changeSet, local), type: 'connection.reconnected', data: { state } };
}
