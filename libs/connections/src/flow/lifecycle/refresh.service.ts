import { Inject, Injectable, type Logger } from '@nestjs/common';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { ConnectionChangesRepository } from '../../connections/connection-changes.repository.js';
import {
  diffOf,
  NO_DIFF,
  type LocalConnection,
  type RemoteConnection,
} from '../../connections/remote-diff.js';
import { ConnectionsError, PowensApiError } from '../../errors/index.js';
import { PowensClient } from '../../powens/powens.client.js';
import type { OwnedPowensUser } from '../../values/owned-powens-user.js';
import type { Owner } from '../../values/owner.js';
import { isConnectionNotFound } from '../losses/own-connections.js';
import { RemoteConnections } from '../losses/remote-connections.service.js';
import { TokenService } from '../tokens/token.service.js';
import { ConnectionChangesService } from '../changes/connection-changes.service.js';
import { noSuch, requireKnown } from '../changes/require-known.js';
import { retryOnConflict } from '../changes/retry-on-conflict.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { loggerOf } from '../../options/registration/logger-of.js';

/** Powens refuses a second synchronisation within this time; forced ones are for one present user, not for batches. */
const COOLDOWN_SECONDS = 60;

/**
 * Updates a connection from Powens on request of its owner, who is present: synchronises it, or takes it out of quarantine.
 *
 * @internal
 */
@Injectable()
export class RefreshService {
  readonly #logger: Logger;

  constructor(
    private readonly changes: ConnectionChangesRepository,
    private readonly connectionChanges: ConnectionChangesService,
    private readonly tokens: TokenService,
    private readonly powens: PowensClient,
    private readonly remotes: RemoteConnections,
    @Inject(RESOLVED_OPTIONS) options: Pick<ResolvedOptions, 'instance'>,
  ) {
    this.#logger = loggerOf('ConnectionsAdmission', options);
  }

  /**
   * Requests a synchronisation at Powens and applies the answer.
   *
   * @throws ConnectionsError `not_found`; `sync_refused` with the seconds to wait; PowensApiError
   */
  async sync(owner: Owner, id: string): Promise<void> {
    const local = await requireKnown(id, async () => this.changes.find(owner, id));
    const user = await this.tokens.require(owner);
    const permission = await this.changes.takeSync(local, COOLDOWN_SECONDS);
    if (permission !== 'taken') {
      throw permission === 'gone' ? noSuch() : refused(permission);
    }
    const remote = await this.ask(owner, user, local);
    if (remote === null) {
      await this.remotes.notFound(local);
      throw noSuch();
    }
    if (remote !== 'under_way') {
      await this.apply(user, local, remote);
    }
  }

  private async ask(
    owner: Owner,
    user: OwnedPowensUser,
    local: LocalConnection,
  ): Promise<RemoteConnection | null | 'under_way'> {
    try {
      return await this.tokens.call(owner, user, async (token) =>
        this.powens.syncConnection(token, local.powensConnectionId, { psuRequested: true }),
      );
    } catch (error) {
      // Another error is of this side: the token could not be opened, say.
      const isOfPowens = error instanceof PowensApiError;
      if (!isOfPowens || (error.failure.processed === 'no' && error.failure.status !== 409)) {
        await this.changes.releaseSync(local);
      }
      if (!isOfPowens) {
        throw error;
      }
      return outcomeOf(error);
    }
  }

  private async apply(user: OwnedPowensUser, seen: LocalConnection, remote: RemoteConnection): Promise<void> {
    await retryOnConflict(async () => {
      // It may have been deleted here during the synchronisation: then there is no row to write to.
      const local = await requireKnown(seen.id, async () => this.changes.find(seen.owner, seen.id));
      const diff = diffOf([local], [remote]);
      await this.connectionChanges.commit({ owner: local.owner, user, attemptId: null, diff });
    });
  }

  /**
   * Confirms a connection on the answer of its owner to the host. Idempotent.
   *
   * @throws ConnectionsError `not_found`, `not_connected`; PowensApiError
   * @see OA-31
   */
  async confirm(owner: Owner, id: string): Promise<void> {
    // A callback may confirm it concurrently, or the sweeper may start its removal: the second writer reads the row again.
    await retryOnConflict(async () => {
      const local = await requireKnown(id, async () =>
        this.changes.find(owner, id, ['active', 'unconfirmed']),
      );
      if (local.status === 'active') {
        return;
      }
      const user = await this.tokens.require(owner);
      // It waited for hours or days: read its current state.
      const remote = await this.remotes.find(owner, user, local.powensConnectionId);
      if (remote === null) {
        await this.remotes.notFound(local, true);
        throw noSuch();
      }
      // Not the id that was passed, which may be in upper case: events repeat it.
      const confirmed = [{ id: local.id, remote }];
      await this.connectionChanges.commit({ owner, user, attemptId: null, diff: NO_DIFF, confirmed });
      this.#logger.log(`Connection ${local.id} was confirmed by the application`);
    });
  }
}

function outcomeOf(error: PowensApiError): null | 'under_way' {
  if (isConnectionNotFound(error)) {
    return null;
  }
  if (error.failure.status === 409) {
    throw refused(COOLDOWN_SECONDS);
  }
  if (error.code === 'powens_timeout') {
    // A synchronisation may take longer than the timeout of the call; it continues at Powens.
    return 'under_way';
  }
  throw error;
}

function refused(seconds: number): ConnectionsError {
  return new ConnectionsError(
    'sync_refused',
    `This connection was synchronised just now or is about to be. Ask again in ${seconds} seconds.`,
    { retryAfterSeconds: seconds },
  );
}
