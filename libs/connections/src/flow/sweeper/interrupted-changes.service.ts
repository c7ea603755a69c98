import { Injectable, Logger } from '@nestjs/common';
import { RemovalRepository } from '../../connections/removal.repository.js';
import {
  PowensUserLeaseRepository,
  type PowensUserState,
} from '../../custody/powens-user-lease.repository.js';
import { describeError } from '../../errors/index.js';
import { TokenAudit } from '../tokens/token-audit.service.js';
import { TokenService } from '../tokens/token.service.js';
import { ErasureService } from '../erasure/erasure.service.js';
import { RemovalService } from '../lifecycle/removal.service.js';

const BATCH = 50;

/** What is recorded for the end of what was interrupted; a renewal records itself. */
const OPERATIONS: Partial<Record<PowensUserState['status'], string>> = {
  erasing: 'owner.erase',
  forgetting: 'owner.forget',
  revoking: 'token.revoke',
};

/**
 * Finds deletions, revocations, erasures and renewals whose process disappeared or whose provider was away, and ends
 * them.
 *
 * @internal
 */
@Injectable()
export class InterruptedChanges {
  readonly #logger = new Logger('ConnectionsSweeper');

  constructor(
    private readonly accounts: PowensUserLeaseRepository,
    private readonly removals: RemovalRepository,
    private readonly tokens: TokenService,
    private readonly removal: RemovalService,
    private readonly erasure: ErasureService,
    private readonly audit: TokenAudit,
  ) {}

  /**
   * Goes on with each of them once.
   *
   * @param isStopped - asked before each
   */
  async finish(isStopped: () => boolean): Promise<void> {
    for (const account of await this.accounts.findInterrupted(BATCH)) {
      await this.tryOnce(isStopped, `account ${account.userId} (${account.status})`, async () =>
        this.recorded(account),
      );
    }
    for (const local of await this.removals.findInterrupted(BATCH)) {
      await this.tryOnce(isStopped, `deletion of connection ${local.id}`, async () =>
        this.audit.record(local.owner, 'connection.delete', async () => this.removal.finish(local), {
          connectionId: local.id,
          initiator: 'background',
        }),
      );
    }
  }

  private async recorded(account: PowensUserState): Promise<void> {
    const operation = OPERATIONS[account.status];
    const goOn = async (): Promise<void> => this.goOn(account);
    return operation === undefined
      ? goOn()
      : this.audit.record(account.owner, operation, goOn, { initiator: 'background' });
  }

  private async goOn(account: PowensUserState): Promise<void> {
    switch (account.status) {
      case 'erasing':
        return this.erasure.finish(account.userId);
      case 'revoking':
        return this.tokens.finishRevocation(account.userId);
      case 'forgetting':
        return this.erasure.finishForgetting(account.userId);
      case 'active':
      case 'revoked':
        // A renewal was begun: the token here may be dead by now. Renewing again makes one live token for sure.
        await this.tokens.renewFrom(account, account.sealedToken, {
          owner: account.owner,
          initiator: 'background',
        });
        return;
      case 'provisioning':
      case 'lost':
      case 'erased':
        // The first is taken over by the next start, or ends after a day; the second is looked for by the comparison, the third is final.
        return;
    }
  }

  private async tryOnce(isStopped: () => boolean, what: string, run: () => Promise<void>): Promise<void> {
    if (isStopped()) {
      return;
    }
    try {
      await run();
      this.#logger.log(`Finished what was interrupted: ${what}`);
    } catch (error) {
      const text = describeError(error);
      this.#logger.warn(`Not finished yet: ${what}: ${text}`);
    }
  }
}
