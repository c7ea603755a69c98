import { Inject, Injectable } from '@nestjs/common';
import { AttemptRepository } from '../../attempts/attempt.repository.js';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import type { AccountLease, AccountState } from '../../custody/account.repository.js';
import { ErasureRepository } from '../../custody/erasure.repository.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import type { ResolvedOptions } from '../../options/resolved-options.js';
import type { Owner } from '../../values/owner.js';
import { AccountLock } from '../tokens/account-lock.service.js';
import { OwnerTraces } from './owner-traces.service.js';
import { PowensRemoval } from './powens-removal.service.js';

/**
 * Erases an owner: the token unusable at once, then the Powens user deleted, then every row, and a tombstone kept.
 *
 * @see TC-24, F8
 * @internal
 */
@Injectable()
export class ErasureService {
  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly erasures: ErasureRepository,
    private readonly attempts: AttemptRepository,
    private readonly traces: OwnerTraces,
    private readonly unitOfWork: UnitOfWork,
    private readonly lock: AccountLock,
    private readonly remote: PowensRemoval,
  ) {}

  /**
   * Erases an owner. Repeating it is harmless; an owner without anything is erased already.
   *
   * @throws PowensApiError when Powens cannot be told yet: the sweeper goes on
   */
  async erase(owner: Owner): Promise<void> {
    const { instance } = this.options;
    const userId = await this.erasures.begin(instance, owner);
    // After the status, before Powens: a callback under way finds no attempt to complete, and revokes what it got.
    await this.attempts.eraseOwner(instance, owner);
    if (userId !== null) {
      await this.finish(userId);
    }
  }

  /** Goes on with an erasure, from wherever it stopped. */
  async finish(userId: string): Promise<void> {
    await this.lock.withOrGone(userId, ['erasing'], async (account, lease) => {
      await this.attempts.eraseOwner(this.options.instance, account.owner);
      await this.remote.deleteUser(account);
      await this.eraseRows(account, lease);
    });
  }

  /**
   * Erases the owner of a Powens user that is gone. Nothing is asked of Powens: what was believed of it there deletes
   * nothing there.
   */
  async eraseGone({ owner, userId }: Pick<AccountState, 'owner' | 'userId'>): Promise<void> {
    await this.erasures.beginOf(userId);
    await this.lock.withOrGone(userId, ['erasing'], async (account, lease) => {
      await this.attempts.eraseOwner(this.options.instance, owner);
      await this.eraseRows(account, lease);
    });
  }

  private async eraseRows(account: AccountState, lease: AccountLease): Promise<void> {
    await this.unitOfWork.run((tx) => {
      this.traces.erase(account, tx);
      this.erasures.end(account, lease, tx);
    });
    this.traces.told();
  }
}
