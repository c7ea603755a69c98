import { Injectable, Logger } from '@nestjs/common';
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
import { MissingConnections } from '../losses/missing-connections.service.js';
import { ConnectionSetupClient, type Speaker } from './connection-setup-client.service.js';

/**
 * Keeps what the dialogue brings: rows and events as of any other connection.
 *
 * @internal
 */
@Injectable()
export class ConnectionWriter {
  readonly #logger = new Logger('ConnectionsCustom');

  constructor(
    private readonly changes: ConnectionChangesRepository,
    private readonly observation: ConnectionChangesService,
    private readonly dialogue: ConnectionSetupClient,
    private readonly missing: MissingConnections,
  ) {}

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

  /** Keeps a connection just made. One that cannot be kept is deleted at Powens: nobody would know of it. */
  async keepNew(speaker: Speaker, remote: RemoteConnection): Promise<LocalConnection> {
    try {
      await this.observe(speaker, remote.id, remote);
    } catch (error) {
      await this.discard(speaker, remote.id, error);
      throw error;
    }
    return (await this.find(speaker, remote.id)) ?? gone();
  }

  /**
   * Takes over what Powens says of a connection.
   *
   * @param remote - null when Powens does not know it any more
   * @returns null when it is not here any more either
   */
  async keep(
    speaker: Speaker,
    local: LocalConnection,
    remote: RemoteConnection | null,
  ): Promise<LocalConnection | null> {
    await this.observe(speaker, local.powensConnectionId, remote);
    return this.find(speaker, local.powensConnectionId);
  }

  private async observe(
    { owner, account }: Speaker,
    powensId: string,
    remote: RemoteConnection | null,
  ): Promise<void> {
    await retryOnConflict(async () => {
      const every = await this.changes.findEveryOf(account.userId);
      const known = every.find((local) => local.powensConnectionId === powensId);
      if (remote === null) {
        await this.notFound(known);
        return;
      }
      await this.observation.commit({ owner, account, attemptId: null, ...changesOf(known, remote) });
    });
  }

  private async notFound(known: StandingConnection | undefined): Promise<void> {
    if (known?.status === 'active' || known?.status === 'unconfirmed') {
      await this.missing.notFound(known);
    }
  }

  private async find({ account }: Speaker, powensId: string): Promise<LocalConnection | null> {
    const all = await this.changes.findAllOf(account.userId);
    return all.find((local) => local.powensConnectionId === powensId) ?? null;
  }

  private async discard(speaker: Speaker, powensId: string, reason: unknown): Promise<void> {
    const isCertain = reason instanceof StorageError && !reason.linkLost;
    if (!isCertain) {
      // It may have been written: deleting what a row knows would be worse than one that no row knows.
      return;
    }
    try {
      await this.dialogue.discard(speaker, powensId);
    } catch {
      this.#logger.error(`Connection ${powensId} at Powens could neither be kept here nor deleted there`);
    }
  }
}

/** What is known of a connection decides what an answer of Powens means. */
function changesOf(
  known: StandingConnection | undefined,
  remote: RemoteConnection,
): Pick<ChangeSet, 'diff' | 'confirmed' | 'revived'> {
  switch (known?.status) {
    case 'unconfirmed':
      // A webhook was faster than the answer that made it: this application made it itself, for this owner.
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
