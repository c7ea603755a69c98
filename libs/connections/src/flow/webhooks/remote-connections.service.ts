import { Injectable } from '@nestjs/common';
import { PowensApiError } from '../../errors/index.js';
import { PowensClient } from '../../powens/powens.client.js';
import type { PowensConnection } from '../../powens/powens.parsers.js';
import type { OwnerAccount } from '../../values/owner-account.js';
import type { Owner } from '../../values/owner.js';
import { TokenLifecycleService } from '../tokens/token-lifecycle.service.js';

/**
 * Reads single connections as Powens sees them now.
 *
 * @internal
 */
@Injectable()
export class RemoteConnections {
  constructor(
    private readonly tokens: TokenLifecycleService,
    private readonly powens: PowensClient,
  ) {}

  /** Finds a connection of an owner; null when it is not there. */
  async find(
    owner: Owner,
    account: OwnerAccount,
    powensConnectionId: string,
  ): Promise<PowensConnection | null> {
    try {
      return await this.tokens.call(owner, account, async (token) =>
        this.powens.getConnection(token, powensConnectionId),
      );
    } catch (error) {
      if (error instanceof PowensApiError && error.code === 'connection_not_found') {
        return null;
      }
      throw error;
    }
  }
}
