import { Inject, Injectable, type Logger } from '@nestjs/common';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
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
import { StorageError } from '../../errors/index.js';
import type { Credentials } from '../../powens/custom/custom.calls.js';
import type { PendingConnection } from '../../powens/custom/custom.parsers.js';
import { PowensClient } from '../../powens/powens.client.js';
import type { Owner } from '../../values/owner.js';
import { ConnectionChangesService, type ChangeSet } from '../changes/connection-changes.service.js';
import { noSuch, requireKnown } from '../changes/require-known.js';
import { retryOnConflict } from '../changes/retry-on-conflict.js';
import type { OpenedAttempt } from '../connect/flow-urls.js';
import { isOwnAnswer } from '../losses/own-connections.js';
import { RemoteConnections } from '../losses/remote-connections.service.js';
import { TokenAudit } from '../tokens/token-audit.service.js';
import { TokenService } from '../tokens/token.service.js';
import { ConnectionSetupClient, type Caller } from './connection-setup-client.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { loggerOf } from '../../options/registration/logger-of.js';

export type { Caller };

/** A connection that is set up, as it is stored here and as Powens answered. */
export interface SetUp {
  readonly local: LocalConnection;
  readonly remote: PendingConnection;
}

/**
 * Sets up connections without the webview: sends the calls to Powens, and stores their results, with rows and events as of any other
 * connection.
 *
 * @internal
 */
@Injectable()
export class ConnectionSetup {
  readonly #logger: Logger;
  readonly #client: ConnectionSetupClient;

  constructor(
    @Inject(RESOLVED_OPTIONS) options: ResolvedOptions,
    tokens: TokenService,
    audit: TokenAudit,
    powens: PowensClient,
    private readonly changes: ConnectionChangesRepository,
    private readonly connectionChanges: ConnectionChangesService,
    private readonly remotes: RemoteConnections,
  ) {
    this.#logger = loggerOf('ConnectionsCustom', options);
    this.#client = new ConnectionSetupClient(options, tokens, audit, powens);
  }

  /**
   * Finds a connection of an owner.
   *
   * @throws ConnectionsError `not_found`
   */
  async require(owner: Owner, id: string): Promise<LocalConnection> {
    return requireKnown(id, async () => this.changes.find(owner, id));
  }

  /** Creates a connection. One that cannot be stored is deleted at Powens, where it would be orphaned. */
  async create(caller: Caller, connectorUuid: string, credentials: Credentials): Promise<SetUp> {
    const remote = await this.#client.create(caller, connectorUuid, credentials);
    try {
      await this.observe(caller, remote.id, remote);
    } catch (error) {
      await this.discard(caller, remote.id, error);
      throw error;
    }
    return this.stored(caller, remote.id, remote);
  }

  /**
   * Sends the fields that a connection asks for.
   *
   * @throws ConnectionsError `not_found` when Powens no longer has it
   */
  async answer(
    caller: Caller,
    { powensConnectionId }: LocalConnection,
    credentials: Credentials,
  ): Promise<SetUp> {
    return this.keep(
      caller,
      powensConnectionId,
      this.#client.answer(caller, powensConnectionId, credentials),
    );
  }

  /**
   * Reads a connection, and continues its setup.
   *
   * @throws ConnectionsError `not_found` when Powens no longer has it
   */
  async resume(caller: Caller, { powensConnectionId }: LocalConnection): Promise<SetUp> {
    return this.keep(caller, powensConnectionId, this.#client.resume(caller, powensConnectionId));
  }

  /** Registers the end user's consent to these bank accounts at Powens. */
  async consent(
    caller: Caller,
    { powensConnectionId }: LocalConnection,
    accountIds: readonly string[],
  ): Promise<void> {
    await this.#client.consent(caller, powensConnectionId, accountIds);
  }

  /** Requests the URL at which the end user authorises the connection at the bank. */
  async bankUrl(
    caller: Caller,
    { powensConnectionId }: LocalConnection,
    opened: OpenedAttempt,
  ): Promise<string> {
    return this.#client.bankUrl(caller, powensConnectionId, opened);
  }

  /** Stores the state that Powens answers, also that it no longer has the connection. */
  private async keep(caller: Caller, powensId: string, answer: Promise<PendingConnection>): Promise<SetUp> {
    const remote = await answer.catch((error: unknown) => {
      if (isOwnAnswer(error, [404])) {
        // Another client deleted it.
        return null;
      }
      throw error;
    });
    await this.observe(caller, powensId, remote);
    return this.stored(caller, powensId, remote);
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

  /** @throws ConnectionsError `not_found` when it is not stored, or Powens no longer has it */
  private async stored({ user }: Caller, powensId: string, remote: PendingConnection | null): Promise<SetUp> {
    const all = await this.changes.findAllOf(user.userId);
    const local = all.find(({ powensConnectionId }) => powensConnectionId === powensId);
    if (remote === null || local === undefined) {
      throw noSuch();
    }
    return { local, remote };
  }

  private async discard(caller: Caller, powensId: string, reason: unknown): Promise<void> {
    const isCertain = reason instanceof StorageError && !reason.linkLost;
    if (!isCertain) {
      // It may have been written: deleting a stored connection would be worse than leaving an orphan.
      return;
    }
    try {
      await this.#client.discard(caller, powensId);
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
