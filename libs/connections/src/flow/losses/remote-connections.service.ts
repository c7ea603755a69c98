import { Injectable } from '@nestjs/common';
import {
  ConnectionChangesRepository,
  type StandingConnection,
} from '../../connections/connection-changes.repository.js';
import { diffOf, NO_DIFF, type RemoteConnection } from '../../connections/remote-diff.js';
import type { PowensUserState } from '../../custody/powens-user-lease.repository.js';
import { TokenCustodyService } from '../../custody/token-custody.service.js';
import { PowensClient } from '../../powens/powens.client.js';
import type { PowensConnection } from '../../powens/powens.parsers.js';
import type { OwnedPowensUser } from '../../values/owned-powens-user.js';
import type { Owner } from '../../values/owner.js';
import type { AccessToken } from '../../values/secrets/access-token.js';
import { ConnectionChangesService } from '../changes/connection-changes.service.js';
import { TokenService } from '../tokens/token.service.js';
import { LossPolicy, type LossVerdict } from './loss-policy.service.js';
import { assertOwn, isConnectionNotFound } from './own-connections.js';
import { checkPowensUser, type UserCheck } from './powens-user-check.js';

/** Figures of a check of missing connections. */
export interface MissingCheck {
  readonly changed: number;
  readonly removed: number;
  /** Connections that Powens did not find, and that stay in use until the loss policy decides. */
  readonly missing: number;
}

/**
 * Reads the current state of connections at Powens, and passes those that it does not find to the loss policy. Checks their users.
 *
 * @internal
 */
@Injectable()
export class RemoteConnections {
  constructor(
    private readonly tokens: TokenService,
    private readonly powens: PowensClient,
    private readonly changes: ConnectionChangesRepository,
    private readonly connectionChanges: ConnectionChangesService,
    private readonly policy: LossPolicy,
    private readonly custody: TokenCustodyService,
  ) {}

  /**
   * Finds a connection of an owner.
   *
   * @returns null when Powens itself answers that it does not exist
   * @throws PowensApiError for every other answer
   */
  async find(
    owner: Owner,
    user: OwnedPowensUser,
    powensConnectionId: string,
  ): Promise<PowensConnection | null> {
    try {
      const found = await this.tokens.call(owner, user, async (token) =>
        this.powens.getConnection(token, powensConnectionId),
      );
      assertOwn([found], user.powensUserId);
      return found;
    } catch (error) {
      if (isConnectionNotFound(error)) {
        return null;
      }
      throw error;
    }
  }

  /**
   * Lists the connections of a Powens user.
   *
   * @param mayRenew - whether a token that Powens no longer accepts is renewed, where the row allows it
   * @param onSend - called for each request: a second one follows a renewal
   */
  async list(
    owner: Owner,
    user: OwnedPowensUser,
    { mayRenew, onSend }: { readonly mayRenew: boolean; readonly onSend?: () => void },
  ): Promise<readonly PowensConnection[]> {
    const send = async (token: AccessToken): Promise<readonly PowensConnection[]> => {
      onSend?.();
      return this.powens.listConnections(token);
    };
    return mayRenew ? this.tokens.call(owner, user, send) : send(await this.custody.open(owner, user));
  }

  /**
   * Reactivates a connection with status `gone`, when Powens finds it.
   *
   * @returns false when it stays gone
   * @throws as {@link RemoteConnections.find}
   */
  async revive(
    { owner, id, powensConnectionId }: StandingConnection,
    user: OwnedPowensUser,
  ): Promise<boolean> {
    const remote = await this.find(owner, user, powensConnectionId);
    if (remote === null) {
      return false;
    }
    const revived = [{ id, remote }];
    await this.connectionChanges.commit({ owner, user, attemptId: null, diff: NO_DIFF, revived });
    return true;
  }

  /**
   * Checks whether the Powens user of a row exists.
   *
   * @throws as {@link checkPowensUser}
   */
  async checkUser(user: PowensUserState): Promise<UserCheck> {
    return checkPowensUser(user, this.custody, this.powens);
  }

  /**
   * Reads each connection that a list of Powens left out by its id: one that Powens finds is updated, one that it does not find goes to the loss policy.
   *
   * @param ownerWasPresent - whether the owner just returned from a page where they could be deleted
   * @throws PowensApiError when Powens does not answer; the connections before it are already written
   */
  async look(
    owner: Owner,
    user: OwnedPowensUser,
    missing: readonly StandingConnection[],
    ownerWasPresent = false,
  ): Promise<MissingCheck> {
    const figures = { changed: 0, removed: 0, missing: 0 };
    for (const local of missing) {
      const remote = await this.find(owner, user, local.powensConnectionId);
      if (remote !== null) {
        figures.changed += (await this.update(owner, user, local, remote)) ? 1 : 0;
        continue;
      }
      const verdict = await this.notFound(local, ownerWasPresent);
      figures.removed += verdict === 'applied' ? 1 : 0;
      figures.missing += verdict === 'applied' ? 0 : 1;
    }
    return figures;
  }

  /** Passes a connection that Powens itself did not find by its id to the loss policy. */
  async notFound(
    { id, userId }: Pick<StandingConnection, 'id' | 'userId'>,
    ownerWasPresent = false,
  ): Promise<LossVerdict> {
    return this.policy.notFound({
      ownerWasPresent,
      subject: 'connection',
      subjectId: id,
      userId,
      evidence: 'connection_not_found',
    });
  }

  /** Closes the recorded losses of connections that Powens lists. */
  async found(locals: readonly StandingConnection[], remotes: readonly RemoteConnection[]): Promise<void> {
    const [first] = locals;
    const noted = first === undefined ? [] : await this.policy.openOf(first.userId);
    const open = new Set(noted.map(({ subjectId }) => subjectId));
    const listed = new Set(remotes.map(({ id }) => id));
    await this.policy.found(
      locals
        .filter(({ id, powensConnectionId }) => open.has(id) && listed.has(powensConnectionId))
        .map(({ id }) => id),
    );
  }

  private async update(
    owner: Owner,
    user: OwnedPowensUser,
    local: StandingConnection,
    remote: RemoteConnection,
  ): Promise<boolean> {
    await this.policy.found([local.id]);
    const { changed } = diffOf([local], [remote]);
    if (changed.length === 0) {
      return false;
    }
    if (local.status === 'active') {
      await this.connectionChanges.commit({ owner, user, attemptId: null, diff: { added: [], changed } });
    } else {
      await this.connectionChanges.commit(
        { owner, user, attemptId: null, diff: { added: [], changed: [] } },
        (tx) => {
          this.changes.update(local, remote, tx);
        },
      );
    }
    return true;
  }
}
