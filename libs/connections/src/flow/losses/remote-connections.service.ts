import { Injectable } from '@nestjs/common';
import { PowensApiError } from '../../errors/index.js';
import { PowensClient } from '../../powens/powens.client.js';
import type { PowensConnection } from '../../powens/powens.parsers.js';
import type { OwnedPowensUser } from '../../values/owned-powens-user.js';
import type { Owner } from '../../values/owner.js';
import { TokenService } from '../tokens/token.service.js';
import { assertOwn } from './own-connections.js';

/**
 * Reads the current state of single connections at Powens.
 *
 * @internal
 */
@Injectable()
export class RemoteConnections {
  constructor(
    private readonly tokens: TokenService,
    private readonly powens: PowensClient,
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
}

/** Whether Powens itself answered that a connection does not exist. No request is sent for a malformed id. */
export function isConnectionNotFound(error: unknown): boolean {
  return (
    error instanceof PowensApiError &&
    error.code === 'connection_not_found' &&
    error.failure.powensCode !== null
  );
}
