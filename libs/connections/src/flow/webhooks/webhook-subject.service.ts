import { Inject, Injectable } from '@nestjs/common';
import { ConnectionChangesRepository } from '../../connections/connection-changes.repository.js';
import type { ConnectionStatus } from '../../connections/connection.repository.js';
import type { LocalConnection } from '../../connections/remote-diff.js';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { AccountRepository, type AccountState } from '../../custody/account.repository.js';
import type { ResolvedOptions } from '../../options/resolved-options.js';
import type { OwnerAccount } from '../../values/owner-account.js';
import type { InboxMessage } from '../../webhooks/inbox-message.js';
import { NotYetError } from './not-yet.error.js';
import { UnknownConnections } from './unknown-connections.service.js';

/** A connection that is kept here, with where it stands. */
export type KnownConnection = LocalConnection & { readonly status: ConnectionStatus };

/** Whose webhook it is. */
export interface WebhookOwner {
  readonly account: AccountState & { readonly powensUserId: string };
  /** Null when the account has no token that could be asked with. */
  readonly usable: OwnerAccount | null;
}

/**
 * Finds out who and what a webhook is about; what is not known is waited for, or taken in as the options say.
 *
 * @internal
 */
@Injectable()
export class WebhookSubjects {
  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly accounts: AccountRepository,
    private readonly changes: ConnectionChangesRepository,
    private readonly unknown: UnknownConnections,
  ) {}

  /**
   * The account that a webhook belongs to.
   *
   * @throws NotYetError while nobody is known by that id: a webhook may come before the commit it is about (F13)
   */
  async owner(message: InboxMessage): Promise<WebhookOwner> {
    const account = await this.account(message);
    const powensUserId = account?.powensUserId ?? null;
    if (account === null || powensUserId === null || account.status === 'provisioning') {
      throw new NotYetError('nobody is known by its Powens user');
    }
    const { status, userId, sealedToken } = account;
    const isUsable = status === 'active' && sealedToken !== null;
    return {
      account: { ...account, powensUserId },
      usable: isUsable ? { userId, powensUserId, sealedToken } : null,
    };
  }

  /** The connection that a webhook is about, as it is kept; null when it is not. */
  async known({ powensConnectionId }: InboxMessage): Promise<KnownConnection | null> {
    return powensConnectionId === null
      ? null
      : this.changes.findByPowensId(this.options.instance, powensConnectionId);
  }

  /**
   * The owner's connection that a webhook is about, taken in first where nobody knew of it.
   *
   * @returns null when it is gone, is somebody else's, or nothing can be known of it
   * @throws NotYetError while its callback may still come
   */
  async connection(message: InboxMessage, owner: WebhookOwner): Promise<KnownConnection | null> {
    let local = await this.known(message);
    if (
      local === null &&
      owner.usable !== null &&
      (await this.unknown.admit(message, owner.account, owner.usable))
    ) {
      local = await this.known(message);
    }
    return local?.userId === owner.account.userId ? local : null;
  }

  /**
   * The account that a webhook belongs to, or null. Account and contract events may lack the user, and deletions too: then
   * the connection tells.
   */
  async account(message: InboxMessage): Promise<AccountState | null> {
    const { instance } = this.options;
    if (message.powensUserId !== null) {
      return this.accounts.findByPowensUser(instance, message.powensUserId);
    }
    const local = await this.known(message);
    return local === null ? null : this.accounts.find(instance, local.owner);
  }
}
