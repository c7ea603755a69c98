import { Injectable } from '@nestjs/common';
import type { ClaimedAttempt } from '../../attempts/attempt.js';
import { ConnectionsError } from '../../errors/index.js';
import { ConnectCompletionService } from './connect-completion.service.js';
import type { TokenAccess } from '../exchange/token-access.types.js';
import { RepairCompletionService } from './repair-completion.service.js';
import { ReadBackService, type Found } from './read-back.service.js';

/**
 * Reads back what a callback claims, and writes it in one transaction: each flow in its own way.
 *
 * @internal
 */
@Injectable()
export class FulfilmentService {
  constructor(
    private readonly readBack: ReadBackService,
    private readonly completion: ConnectCompletionService,
    private readonly repair: RepairCompletionService,
  ) {}

  /**
   * Fulfils an attempt.
   *
   * @returns ids of its connections (uuid)
   */
  async fulfil(attempt: ClaimedAttempt, grant: TokenAccess): Promise<readonly string[]> {
    if (attempt.flow === 'connect' || grant.kind === 'exchanged') {
      const readBack = async (): Promise<Found> => this.readBack.find(grant, attempt.claim.connectionIds);
      const found = await readBack();
      try {
        return await this.completion.connect(attempt, grant, found, readBack);
      } catch (error) {
        await this.refute(error, grant, found);
        throw error;
      }
    }
    return this.repair.connect(attempt, grant);
  }

  /** A visit that conflicts is undone at Powens: before that, its token itself says whose it is. */
  private async refute(error: unknown, grant: TokenAccess, { powensUserId }: Found): Promise<void> {
    if (grant.kind === 'exchanged' && error instanceof ConnectionsError && error.code === 'owner_conflict') {
      await this.readBack.assertUser(grant, powensUserId);
    }
  }
}
