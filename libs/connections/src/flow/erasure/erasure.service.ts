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
 * Erases an owner on request: makes the token unusable, deletes the Powens user, deletes every row, and keeps a tombstone.
 * Forgets a Powens user that Powens lost: the rows in the same way, also with a tombstone, but without any call to Powens.
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
    private readonly messages: OwnerMessages,
    private readonly unitOfWork: UnitOfWork,
    private readonly lock: PowensUserLock,
    private readonly remote: PowensRemoval,
  ) {}

  /**
   * Erases an owner. Repeating it is harmless; an owner without a Powens user is erased already.
   *
   * @throws ProviderMismatchError or CustodyError when the row fails its verification: then nothing was begun; PowensApiError
   *   when a call to Powens fails: the sweeper retries
   */
  async erase(owner: Owner): Promise<void> {
    const begun = await this.intent.begin(owner);
    // After the status, before Powens: a running callback finds no attempt to complete, and compensates for its attempt.
    await this.recovery.eraseOwner(owner);
    if (begun?.status === 'erasing') {
      await this.finish(begun.userId);
    } else if (begun !== null) {
      await this.finishForgetting(begun.userId);
    }
  }

  /** Completes an interrupted erasure. */
  async finish(userId: string): Promise<void> {
    await this.lock.withOrGone(userId, ['erasing'], async (user, lease) => {
      await this.recovery.eraseOwner(user.owner);
      await this.remote.deleteUser(user);
      await this.eraseRows(user, lease, true);
    });
  }

  /** Forgets a lost Powens user. The loss is an assumption, so nothing is deleted at Powens. */
  async forget(userId: string): Promise<void> {
    if (await this.erasures.beginForgetting(userId)) {
      await this.finishForgetting(userId);
    }
  }

  /** Completes the interrupted forgetting of a lost Powens user. */
  async finishForgetting(userId: string): Promise<void> {
    await this.lock.withOrGone(userId, ['forgetting'], async (user, lease) => {
      await this.recovery.eraseIdle(user.owner);
      // The application was notified when the user was lost.
      await this.eraseRows(user, lease, false);
    });
  }

  private async eraseRows(user: PowensUserState, lease: PowensUserLease, notify: boolean): Promise<void> {
    await this.unitOfWork.run((tx) => {
      this.recovery.eraseOwnerIn(user.owner, tx, { abandon: notify });
      this.messages.erase(user, tx, notify);
      this.erasures.end(user, lease, tx);
    });
    this.messages.wakeRelay();
  }
}
