import { Injectable } from '@nestjs/common';
import {
  ConnectionChangesRepository,
  type StandingConnection,
} from '../../connections/connection-changes.repository.js';
import {
  PowensUserLeaseRepository,
  type PowensUserState,
} from '../../custody/powens-user-lease.repository.js';
import { TokenCustodyService } from '../../custody/token-custody.service.js';
import { PowensApiError } from '../../errors/index.js';
import type { OwnedPowensUser } from '../../values/owned-powens-user.js';
import type { InboxMessage } from '../../webhooks/inbox-message.js';
import { usableOf } from '../tokens/usable.js';
import { UserReconciliation } from '../reconciliation/user-reconciliation.service.js';
import { DeferredError } from './deferred.error.js';
import { UnknownConnections } from './unknown-connections.service.js';

/** A connection that is kept here, with where it stands. */
export type KnownConnection = StandingConnection;

/** Whose webhook it is. */
export interface WebhookOwner {
  readonly account: PowensUserState & { readonly powensUserId: string };
  /** Null when the account has no token that could be asked with. */
  readonly usable: OwnedPowensUser | null;
  /** Whether the owner stays: one that is being erased, or forgotten, is notified of nothing more. */
  readonly isInUse: boolean;
}

/**
 * Finds out who and what a webhook is about; what is not known is waited for, or taken in as the options say.
 *
 * @internal
 */
@Injectable()
export class WebhookSubjects {
  constructor(
    private readonly accounts: PowensUserLeaseRepository,
    private readonly custody: TokenCustodyService,
    private readonly changes: ConnectionChangesRepository,
    private readonly unknown: UnknownConnections,
    private readonly reconciliation: UserReconciliation,
  ) {}

  /**
   * The Powens user that a webhook belongs to. One that is out of use here is looked for: a webhook is a sign that it exists.
   *
   * @throws DeferredError while none is known by that id, since a webhook may come before the commit it is about (F13); and while a
   *   lost one is not found
   */
  async owner(message: InboxMessage): Promise<WebhookOwner> {
    const found = await this.account(message);
    const account = found === null ? null : await this.revived(found);
    const powensUserId = account?.powensUserId ?? null;
    if (account === null || powensUserId === null || account.status === 'provisioning') {
      throw new DeferredError('its Powens user is not known here');
    }
    const { status, userId, provider, sealedToken } = account;
    const isUsable = status === 'active' && sealedToken !== null;
    return {
      account: { ...account, powensUserId },
      usable: isUsable ? { userId, powensUserId, provider, sealedToken } : null,
      isInUse: status !== 'erasing' && status !== 'forgetting',
    };
  }

  /** The connection that a webhook is about, as it is kept; null when it is not. */
  async known({ powensConnectionId }: InboxMessage): Promise<KnownConnection | null> {
    return powensConnectionId === null ? null : this.changes.findByPowensId(powensConnectionId);
  }

  /**
   * The owner's connection that a webhook is about, taken in first where it was unknown, or gone.
   *
   * @returns null when it is not there, is another owner's, or nothing can be known of it
   * @throws DeferredError while its callback may still come
   */
  async connection(message: InboxMessage, owner: WebhookOwner): Promise<KnownConnection | null> {
    const { userId } = owner.account;
    let local = await this.known(message);
    if (local !== null && local.userId !== userId) {
      return null;
    }
    if (await this.isTakenIn(message, owner, local)) {
      local = await this.known(message);
    }
    return local?.userId === userId && local.status !== 'gone' ? local : null;
  }

  private async isTakenIn(
    message: InboxMessage,
    { account, usable }: WebhookOwner,
    local: KnownConnection | null,
  ): Promise<boolean> {
    if (usable === null) {
      return false;
    }
    return local === null
      ? this.unknown.admit(message, account, usable)
      : local.status === 'gone' && this.unknown.revive(local, usable);
  }

  /**
   * The account that a webhook belongs to, or null. Its row is checked: whoever can edit one could otherwise have what is
   * said of one owner's bank done to another's.
   *
   * Account and contract events may lack the user, and deletions too: then
   * the connection tells.
   */
  async account(message: InboxMessage): Promise<PowensUserState | null> {
    const account = await this.find(message);
    if (account !== null && account.powensUserId !== null) {
      this.custody.verify(account);
    }
    return account;
  }

  private async find(message: InboxMessage): Promise<PowensUserState | null> {
    if (message.powensUserId !== null) {
      return this.accounts.findByPowensUser(message.powensUserId);
    }
    const local = await this.known(message);
    return local === null ? null : this.accounts.find(local.owner);
  }

  /** @throws DeferredError when Powens does not find it */
  private async revived(account: PowensUserState): Promise<PowensUserState | null> {
    const isLost =
      account.status === 'lost' || (account.status === 'revoked' && account.reason === 'token_lost');
    const usable = usableOf(account);
    if (!isLost || usable === null) {
      return account;
    }
    try {
      const { outcome } = await this.reconciliation.reconcile(account, usable, true);
      if (outcome.result === 'compared') {
        return await this.accounts.findByPowensUser(usable.powensUserId);
      }
    } catch (error) {
      if (!(error instanceof PowensApiError)) {
        throw error;
      }
    }
    throw new DeferredError('its Powens user is out of use here, and Powens does not find it');
  }
}
