import { Inject, Injectable, type Logger } from '@nestjs/common';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
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
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { loggerOf } from '../../options/registration/logger-of.js';

const BATCH = 50;

/** Audited operation of each interrupted change; a renewal audits itself. */
const OPERATIONS: Partial<Record<PowensUserState['status'], string>> = {
  erasing: 'owner.erase',
  forgetting: 'owner.forget',
  revoking: 'token.revoke',
};

/**
 * Finds deletions, revocations, erasures and renewals that were interrupted by a crash or by an outage of Powens, and finishes
 * them.
 *
 * @internal
 */
@Injectable()
export class InterruptedChanges {
  readonly #logger: Logger;

  constructor(
    private readonly leases: PowensUserLeaseRepository,
    private readonly removals: RemovalRepository,
    private readonly tokens: TokenService,
    private readonly removal: RemovalService,
    private readonly erasure: ErasureService,
    private readonly audit: TokenAudit,
    @Inject(RESOLVED_OPTIONS) options: Pick<ResolvedOptions, 'instance'>,
  ) {
    this.#logger = loggerOf('ConnectionsSweeper', options);
  }

  /**
   * Tries each of them once.
   *
   * @param isStopped - checked before each
   */
  async finish(isStopped: () => boolean): Promise<void> {
    for (const user of await this.leases.findInterrupted(BATCH)) {
      await this.tryOnce(isStopped, `account ${user.userId} (${user.status})`, async () =>
        this.finishAudited(user),
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

  private async finishAudited(user: PowensUserState): Promise<void> {
    const operation = OPERATIONS[user.status];
    const run = async (): Promise<void> => this.finishOne(user);
    return operation === undefined
      ? run()
      : this.audit.record(user.owner, operation, run, { initiator: 'background' });
  }

  private async finishOne(user: PowensUserState): Promise<void> {
    switch (user.status) {
      case 'erasing':
        return this.erasure.finish(user.userId);
      case 'revoking':
        return this.tokens.finishRevocation(user.userId);
      case 'forgetting':
        return this.erasure.finishForgetting(user.userId);
      case 'active':
      case 'revoked':
        // A renewal was started: the stored token may be revoked already. Another renewal certainly yields a valid one.
        await this.tokens.renewFrom(user, user.sealedToken, {
          owner: user.owner,
          initiator: 'background',
        });
        return;
      case 'provisioning':
      case 'lost':
      case 'erased':
        // The next start takes over `provisioning`, or it ends after a day; reconciliation searches for `lost`; `erased` is final.
        return;
    }
  }

  private async tryOnce(isStopped: () => boolean, what: string, run: () => Promise<void>): Promise<void> {
    if (isStopped()) {
      return;
    }
    try {
      await run();
      this.#logger.log(`Finished after an interruption: ${what}`);
    } catch (error) {
      const text = describeError(error);
      this.#logger.warn(`Not finished yet: ${what}: ${text}`);
    }
  }
}
