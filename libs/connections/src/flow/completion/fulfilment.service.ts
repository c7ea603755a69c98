import { Injectable } from '@nestjs/common';
import type { ClaimedAttempt } from '../../attempts/attempt.js';
import { ConnectionsError } from '../../errors/index.js';
import { ConnectCompletionService } from './connect-completion.service.js';
import type { TokenAccess } from '../exchange/token-access.types.js';
import { RepairCompletionService } from './repair-completion.service.js';
import { ReadBackService, type Found } from './read-back.service.js';

/**
 * Verifies the claims of a callback at Powens and writes the result in one transaction, with the completion of each flow.
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
   * Completes an attempt.
   *
   * @returns ids of its connections (uuid)
   */
  async fulfil(attempt: ClaimedAttempt, access: TokenAccess): Promise<readonly string[]> {
    if (attempt.flow === 'connect' || access.kind === 'exchanged') {
      const readBack = async (): Promise<Found> => this.readBack.find(access, attempt.claim.connectionIds);
      const found = await readBack();
      try {
        return await this.completion.connect(attempt, access, found, readBack);
      } catch (error) {
        await this.confirmConflict(error, access, found);
        throw error;
      }
    }
    return this.repair.connect(attempt, access);
  }

  /** A conflict leads to an undo at Powens: first confirm, with the token itself, which Powens user it belongs to. */
  private async confirmConflict(error: unknown, access: TokenAccess, { powensUserId }: Found): Promise<void> {
    if (access.kind === 'exchanged' && error instanceof ConnectionsError && error.code === 'owner_conflict') {
      await this.readBack.assertUser(access, powensUserId);
    }
  }
}
