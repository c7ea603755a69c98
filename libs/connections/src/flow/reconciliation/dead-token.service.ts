import { Injectable, Logger } from '@nestjs/common';
import { ConnectionChangesRepository } from '../../connections/connection-changes.repository.js';
import type { LocalConnection } from '../../connections/remote-diff.js';
import { PowensUserRepository } from '../../custody/powens-user.repository.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { OutboxRelayService } from '../../outbox/outbox-relay.service.js';
import { OutboxService, type EventToAppend } from '../../outbox/outbox.service.js';
import type { OwnerAccount } from '../../values/owner-account.js';
import type { Owner } from '../../values/owner.js';
import { idsOf } from '../lifecycle/observation.service.js';

/**
 * Lets go of a token that Powens no longer takes and that may not be renewed by itself: nothing here goes on as if the
 * connections were alive.
 *
 * @see TC-26
 * @internal
 */
@Injectable()
export class DeadToken {
  readonly #logger = new Logger('ConnectionsReconciliation');

  constructor(
    private readonly users: PowensUserRepository,
    private readonly changes: ConnectionChangesRepository,
    private readonly outbox: OutboxService,
    private readonly unitOfWork: UnitOfWork,
    private readonly relay: OutboxRelayService,
  ) {}

  /**
   * Deletes the ciphertext, and tells each connection's owner to reconnect: once, in the same transaction.
   *
   * @throws ConnectionsError `busy` when there is another token by now
   */
  async drop(owner: Owner, account: OwnerAccount): Promise<void> {
    const kept = await this.changes.findAllOf(account.userId);
    await this.unitOfWork.run((tx) => {
      this.users.drop(account.userId, account.sealedToken, tx);
      this.outbox.append(
        kept.map((local) => reconnectEvent(owner, account, local)),
        tx,
      );
    });
    this.relay.wake();
    this.#logger.warn(
      `Powens no longer takes the token of Powens user ${account.powensUserId}: its owner must reconnect`,
    );
  }
}

/** The state is Powens' word, and stays: it is the token that is gone. */
function reconnectEvent(owner: Owner, account: OwnerAccount, local: LocalConnection): EventToAppend {
  const { state } = local;
  return {
    ...idsOf({ owner, account, attemptId: null }, local),
    type: 'connection.action_required',
    data: { state, requiredAction: 'reconnect', previousState: state, reason: 'token_revoked' },
  };
}
