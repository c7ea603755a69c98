import { Injectable } from '@nestjs/common';
import type { PowensUserLease, PowensUserState } from '../../custody/powens-user-lease.repository.js';
import { ErasureRepository } from '../../custody/erasure.repository.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import type { Owner } from '../../values/owner.js';
import { PowensUserLock } from '../tokens/powens-user-lock.service.js';
import { AttemptRecovery } from '../completion/attempt-recovery.service.js';
import { ErasureIntent } from './erasure-intent.service.js';
import { OwnerMessages } from './owner-messages.service.js';
import { PowensRemoval } from '../lifecycle/powens-removal.service.js';

/**
 * Erases an owner on request: the token unusable at once, then the Powens user deleted, then every row, and a tombstone kept.
 * Forgets a Powens user that Powens lost: rows and tombstone alike, and nothing is asked of Powens.
 *
 * @see TC-24, F8
 * @internal
 */
@Injectable()
export class ErasureService {
  constructor(
    private readonly intent: ErasureIntent,
    private readonly erasures: ErasureRepository,
    private readonly recovery: AttemptRecovery,
    private readonly traces: OwnerMessages,
    private readonly unitOfWork: UnitOfWork,
    private readonly lock: PowensUserLock,
    private readonly remote: PowensRemoval,
  ) {}

  /**
   * Erases an owner. Repeating it is harmless; an owner without anything is erased already.
   *
   * @throws ProviderMismatchError or CustodyError when the row may not be acted for: then nothing was begun; PowensApiError
   *   when Powens cannot be told yet: the sweeper goes on
   */
  async erase(owner: Owner): Promise<void> {
    const begun = await this.intent.begin(owner);
    // After the status, before Powens: a callback under way finds no attempt to complete, and undoes what it made.
    await this.recovery.eraseOwner(owner);
    if (begun?.status === 'erasing') {
      await this.finish(begun.userId);
    } else if (begun !== null) {
      await this.finishForgetting(begun.userId);
    }
  }

  /** Continues a requested erasure, from wherever it stopped. */
  async finish(userId: string): Promise<void> {
    await this.lock.withOrGone(userId, ['erasing'], async (account, lease) => {
      await this.recovery.eraseOwner(account.owner);
      await this.remote.deleteUser(account);
      await this.eraseRows(account, lease, true);
    });
  }

  /** Forgets a lost Powens user: what is believed of it deletes nothing at Powens. */
  async forget(userId: string): Promise<void> {
    if (await this.erasures.beginForgetting(userId)) {
      await this.finishForgetting(userId);
    }
  }

  /** Continues the forgetting of a lost Powens user, from wherever it stopped. */
  async finishForgetting(userId: string): Promise<void> {
    await this.lock.withOrGone(userId, ['forgetting'], async (account, lease) => {
      await this.recovery.eraseIdle(account.owner);
      // The application was notified when the user was lost.
      await this.eraseRows(account, lease, false);
    });
  }

  private async eraseRows(account: PowensUserState, lease: PowensUserLease, notify: boolean): Promise<void> {
    await this.unitOfWork.run((tx) => {
      this.recovery.eraseOwnerIn(account.owner, tx, { abandon: notify });
      this.traces.erase(account, tx, notify);
      this.erasures.end(account, lease, tx);
    });
    this.traces.told();
  }
}
