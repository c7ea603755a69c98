import { Injectable } from '@nestjs/common';
import { ErasureRepository } from '../../custody/erasure.repository.js';
import type { PowensUserLease, PowensUserState } from '../../custody/powens-user-lease.repository.js';
import { TokenCustodyService } from '../../custody/token-custody.service.js';
import { ConnectionsError } from '../../errors/index.js';
import type { Owner } from '../../values/owner.js';
import { InboxRepository } from '../../webhooks/inbox.repository.js';
import { EventTransaction } from '../changes/event-transaction.js';
import { AttemptCompletion } from '../completion/attempt-completion.service.js';
import { PowensRemoval } from '../lifecycle/powens-removal.service.js';
import { PowensUserLock } from '../tokens/powens-user-lock.service.js';

/** Times the row is read when another process changes it meanwhile. */
const MAX_READS = 10;

/** A Powens user row whose erasure has begun. */
interface BegunErasure {
  readonly userId: string;
  readonly status: 'erasing' | 'forgetting';
}

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
    private readonly erasures: ErasureRepository,
    private readonly custody: TokenCustodyService,
    private readonly completion: AttemptCompletion,
    private readonly inbox: InboxRepository,
    private readonly events: EventTransaction,
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
    const begun = await this.begin(owner);
    // After the status, before Powens: a running callback finds no attempt to complete, and compensates for its attempt.
    await this.completion.eraseOwner(owner);
    if (begun?.status === 'erasing') {
      await this.finish(begun.userId);
    } else if (begun !== null) {
      await this.finishForgetting(begun.userId);
    } else {
      await this.erasures.remember(owner);
    }
  }

  /** Completes an interrupted erasure. */
  async finish(userId: string): Promise<void> {
    await this.lock.withOrGone(userId, ['erasing'], async (user, lease) => {
      await this.completion.eraseOwner(user.owner);
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
      await this.completion.eraseIdle(user.owner);
      // The application was notified when the user was lost.
      await this.eraseRows(user, lease, false);
    });
  }

  /**
   * Records the intent to erase an owner, authenticated: an edited row never has a valid intent.
   *
   * @returns id and status of the row, or null when the owner has no Powens user. One that is being forgotten stays so:
   *   such a row never leads to a deletion at Powens
   */
  private async begin(owner: Owner): Promise<BegunErasure | null> {
    for (let reads = 1; reads <= MAX_READS; reads += 1) {
      const user = await this.erasures.find(owner);
      if (user === null || user.status === 'provisioning') {
        return null;
      }
      const { userId, status } = user;
      if (status === 'forgetting') {
        return { userId, status };
      }
      if (await this.erasures.begin(user, this.custody.authorizeErasure(user))) {
        return { userId, status: 'erasing' };
      }
    }
    throw new ConnectionsError('busy', 'The Powens user of this owner is being changed.', {
      retryAfterSeconds: 5,
    });
  }

  /** Removes everything of the owner. One last event, `user.deleted`, stays with `notify` until it is delivered. */
  private async eraseRows(user: PowensUserState, lease: PowensUserLease, notify: boolean): Promise<void> {
    const { owner, powensUserId } = user;
    await this.events.run((tx, emit) => {
      this.completion.eraseOwnerIn(owner, tx, { abandon: notify });
      this.events.eraseOwner(owner, tx);
      this.inbox.eraseUser(user, tx);
      if (notify) {
        const none = { attemptId: null, connectionId: null, powensConnectionId: null };
        emit({
          type: 'user.deleted',
          ownerId: owner.id,
          tenant: owner.tenant,
          ...none,
          powensUserId,
          data: {},
        });
      }
      this.erasures.end(user, lease, tx);
    });
  }
}
