import { Inject, Injectable, type Logger } from '@nestjs/common';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { validate as isUuid } from 'uuid';
import {
  ConnectionChangesRepository,
  type StandingConnection,
} from '../../connections/connection-changes.repository.js';
import {
  diffOf,
  NO_DIFF,
  type LocalConnection,
  type RemoteConnection,
} from '../../connections/remote-diff.js';
import { ConnectionsError, StorageError } from '../../errors/index.js';
import type { Owner } from '../../values/owner.js';
import { ConnectionChangesService, type ChangeSet } from '../changes/connection-changes.service.js';
import { retryOnConflict } from '../changes/retry-on-conflict.js';
import { RemoteConnections } from '../losses/remote-connections.service.js';
import { ConnectionSetupClient, type Caller } from './connection-setup-client.service.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { loggerOf } from '../../options/registration/logger-of.js';

/**
 * Stores the results of the setup calls: rows and events as of any other connection.
 *
 * @internal
 */
@Injectable()
export class ConnectionWriter {
  readonly #logger: Logger;

  constructor(
    private readonly changes: ConnectionChangesRepository,
    private readonly connectionChanges: ConnectionChangesService,
    private readonly client: ConnectionSetupClient,
    private readonly remotes: RemoteConnections,
    @Inject(RESOLVED_OPTIONS) options: Pick<ResolvedOptions, 'instance'>,
  ) {
    this.#logger = loggerOf('ConnectionsCustom', options);
  }

  /**
   * Finds a connection of an owner.
   *
   * @throws ConnectionsError `not_found`
   */
  async require(owner: Owner, id: string): Promise<LocalConnection> {
    const local = isUuid(id) ? await this.changes.find(owner, id) : null;
    if (local === null) {
      throw notFound();
    }
    return local;
  }

  /** Stores a new connection. One that cannot be stored is deleted at Powens, where it would be orphaned. */
  async keepNew(caller: Caller, remote: RemoteConnection): Promise<LocalConnection> {
    try {
      await this.observe(caller, remote.id, remote);
    } catch (error) {
      await this.discard(caller, remote.id, error);
      throw error;
    }
    return (await this.find(caller, remote.id)) ?? gone();
  }

  /**
   * Stores the state of a connection that Powens reports.
   *
   * @param remote - null when Powens no longer has it
   * @returns null when it is no longer stored here either
   */
  async keep(
    caller: Caller,
    local: LocalConnection,
    remote: RemoteConnection | null,
  ): Promise<LocalConnection | null> {
    await this.observe(caller, local.powensConnectionId, remote);
    return this.find(caller, local.powensConnectionId);
  }

  private async observe(
    { owner, user }: Caller,
    powensId: string,
    remote: RemoteConnection | null,
  ): Promise<void> {
    await retryOnConflict(async () => {
      const every = await this.changes.findEveryOf(user.userId);
      const known = every.find((local) => local.powensConnectionId === powensId);
      if (remote === null) {
        await this.notFound(known);
        return;
      }
      await this.connectionChanges.commit({ owner, user, attemptId: null, ...changesOf(known, remote) });
    });
  }

  private async notFound(known: StandingConnection | undefined): Promise<void> {
    if (known?.status === 'active' || known?.status === 'unconfirmed') {
      await this.remotes.notFound(known);
    }
  }

  private async find({ user }: Caller, powensId: string): Promise<LocalConnection | null> {
    const all = await this.changes.findAllOf(user.userId);
    return all.find((local) => local.powensConnectionId === powensId) ?? null;
  }

  private async discard(caller: Caller, powensId: string, reason: unknown): Promise<void> {
    const isCertain = reason instanceof StorageError && !reason.linkLost;
    if (!isCertain) {
      // It may have been written: deleting a stored connection would be worse than leaving an orphan.
      return;
    }
    try {
      await this.client.discard(caller, powensId);
    } catch {
      this.#logger.error(`Connection ${powensId} at Powens could neither be stored here nor deleted there`);
    }
  }
}

/** The changes that an answer of Powens makes, by the status of the connection here. */
function changesOf(
  known: StandingConnection | undefined,
  remote: RemoteConnection,
): Pick<ChangeSet, 'diff' | 'confirmed' | 'revived'> {
  switch (known?.status) {
    case 'unconfirmed':
      // A webhook arrived before the answer of the creation: this application created it, for this owner.
      return { diff: NO_DIFF, confirmed: [{ id: known.id, remote }] };
    case 'gone':
      return { diff: NO_DIFF, revived: [{ id: known.id, remote }] };
    case 'active':
      return { diff: diffOf([known], [remote]) };
    case 'deleting':
    case undefined:
      return { diff: diffOf([], [remote]) };
  }
}

function gone(): never {
  throw notFound();
}

function notFound(): ConnectionsError {
  return new ConnectionsError('not_found', 'There is no such connection.');
}
