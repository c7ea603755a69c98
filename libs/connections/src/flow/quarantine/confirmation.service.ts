import { Injectable, Logger } from '@nestjs/common';
import { validate as isUuid } from 'uuid';
import {
  ConnectionChangesRepository,
  type StandingConnection,
} from '../../connections/connection-changes.repository.js';
import type { UnconfirmedConnection } from '../../connections/connection.js';
import { ConnectionRepository } from '../../connections/connection.repository.js';
import { NO_DIFF } from '../../connections/remote-diff.js';
import { ConnectionsError } from '../../errors/index.js';
import type { Owner } from '../../values/owner.js';
import { ConnectionChangesService } from '../changes/connection-changes.service.js';
import { retryOnConflict } from '../changes/retry-on-conflict.js';
import { MissingConnections } from '../losses/missing-connections.service.js';
import { RemoteConnections } from '../losses/remote-connections.service.js';
import { TokenService } from '../tokens/token.service.js';

const MAX_LISTED = 200;

/**
 * Confirms connections on the answer of their owner to the host.
 *
 * @see OA-31
 * @internal
 */
@Injectable()
export class ConfirmationService {
  readonly #logger = new Logger('ConnectionsAdmission');

  constructor(
    private readonly connections: ConnectionRepository,
    private readonly changes: ConnectionChangesRepository,
    private readonly observation: ConnectionChangesService,
    private readonly tokens: TokenService,
    private readonly remotes: RemoteConnections,
    private readonly missing: MissingConnections,
  ) {}

  /** Lists the connections of an owner that are in quarantine. */
  async list(owner: Owner): Promise<readonly UnconfirmedConnection[]> {
    return this.connections.findUnconfirmed(owner, MAX_LISTED);
  }

  /**
   * Confirms a connection. Idempotent.
   *
   * @throws ConnectionsError `not_found`, `not_connected`; PowensApiError
   */
  async confirm(owner: Owner, id: string): Promise<void> {
    // A callback may confirm it concurrently, or the sweeper may start its removal: the second writer reads the row again.
    await retryOnConflict(async () => {
      const local = await this.require(owner, id);
      if (local.status === 'active') {
        return;
      }
      const user = await this.tokens.require(owner);
      // It waited for hours or days: read its current state.
      const remote = await this.remotes.find(owner, user, local.powensConnectionId);
      const seen = { owner, user, attemptId: null };
      if (remote === null) {
        await this.missing.notFound(local, true);
        throw notFound();
      }
      await this.observation.commit({ ...seen, diff: NO_DIFF, confirmed: [{ id, remote }] });
      this.#logger.log(`Connection ${id} was confirmed by the application`);
    });
  }

  private async require(owner: Owner, id: string): Promise<StandingConnection> {
    const local = isUuid(id) ? await this.changes.find(owner, id, ['active', 'unconfirmed']) : null;
    if (local === null) {
      throw notFound();
    }
    return local;
  }
}

function notFound(): ConnectionsError {
  return new ConnectionsError('not_found', 'There is no such connection.');
}
