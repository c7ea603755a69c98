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
import type { Owner } from '../../values/owner.js';
import type { InboxMessage } from '../../webhooks/inbox-message.js';
import { InboxRepository } from '../../webhooks/inbox.repository.js';
import { RemoteConnections } from '../losses/remote-connections.service.js';
import { AdmissionService } from '../quarantine/admission.service.js';
import { usableOf } from '../tokens/usable.js';
import { UserReconciliation } from '../reconciliation/user-reconciliation.service.js';
import { DeferredError } from './deferred.error.js';

/** Delay between two tries while the callback of a new connection is awaited. */
const GRACE_STEP_MS = 2000;

/** A connection with a row here, and its status. */
export type KnownConnection = StandingConnection;

/** The Powens user, and thereby the owner, of a webhook. */
export interface WebhookOwner {
  readonly user: PowensUserState & { readonly powensUserId: string };
  /** Null when the Powens user has no usable token. */
  readonly usable: OwnedPowensUser | null;
  /** False for an owner that is being erased or forgotten, who gets no more notifications. */
  readonly isInUse: boolean;
}

/**
 * Resolves the Powens user and the connection of a webhook. An unknown user defers the webhook, an unknown connection is admitted as
 * the options say.
 *
 * @see OA-31, WH-08
 * @internal
 */
@Injectable()
export class WebhookSubjects {
  constructor(
    private readonly leases: PowensUserLeaseRepository,
    private readonly custody: TokenCustodyService,
    private readonly changes: ConnectionChangesRepository,
    private readonly inbox: InboxRepository,
    private readonly remotes: RemoteConnections,
    private readonly admission: AdmissionService,
    private readonly reconciliation: UserReconciliation,
  ) {}

  /**
   * Finds the Powens user that a webhook belongs to. A user that is out of use here is checked at Powens: a webhook is a sign that it
   * exists.
   *
   * @throws DeferredError while no user has that id, since a webhook may arrive before the commit of its user (F13); and while a
   *   lost user is not found
   */
  async owner(message: InboxMessage): Promise<WebhookOwner> {
    const found = await this.powensUser(message);
    const user = found === null ? null : await this.revived(found);
    const powensUserId = user?.powensUserId ?? null;
    if (user === null || powensUserId === null || user.status === 'provisioning') {
      throw new DeferredError('its Powens user is not known here');
    }
    const { status, userId, provider, sealedToken } = user;
    const isUsable = status === 'active' && sealedToken !== null;
    return {
      user: { ...user, powensUserId },
      usable: isUsable ? { userId, powensUserId, provider, sealedToken } : null,
      isInUse: status !== 'erasing' && status !== 'forgetting',
    };
  }

  /** Finds the stored connection of a webhook, or null. */
  async known({ powensConnectionId }: InboxMessage): Promise<KnownConnection | null> {
    return powensConnectionId === null ? null : this.changes.findByPowensId(powensConnectionId);
  }

  /**
   * Finds the owner's connection of a webhook, and admits or revives it first where it was unknown or gone.
   *
   * @returns null when it does not exist, belongs to another owner, or cannot be read
   * @throws DeferredError while its callback may still arrive
   */
  async connection(message: InboxMessage, owner: WebhookOwner): Promise<KnownConnection | null> {
    const { userId } = owner.user;
    let local = await this.known(message);
    if (local !== null && local.userId !== userId) {
      return null;
    }
    if (await this.isAdmitted(message, owner, local)) {
      local = await this.known(message);
    }
    return local?.userId === userId && local.status !== 'gone' ? local : null;
  }

  private async isAdmitted(
    message: InboxMessage,
    { user, usable }: WebhookOwner,
    local: KnownConnection | null,
  ): Promise<boolean> {
    if (usable === null) {
      return false;
    }
    if (local === null) {
      return this.admit(message, user.owner, usable);
    }
    // A connection that Powens reported as deleted is only revived by reconciliation, since webhooks may be late.
    const mayReturn = local.status === 'gone' && local.removalReason !== 'deleted_at_powens';
    return mayReturn && this.remotes.revive(local, usable);
  }

  /**
   * Admits a connection, as the options say, when a read at Powens finds it for this user.
   *
   * @returns false when Powens does not find it
   * @throws DeferredError while its callback may still arrive
   */
  private async admit(message: InboxMessage, owner: Owner, user: OwnedPowensUser): Promise<boolean> {
    const { powensConnectionId: id, ageSeconds } = message;
    if (id === null || (await this.inbox.wasDeleted(id, user.powensUserId))) {
      // A deletion is final, whatever later webhooks report of the connection (WH-09).
      return false;
    }
    if (await this.admission.mayCallbackArrive(owner, ageSeconds)) {
      throw new DeferredError('the callback of its connection may still arrive', GRACE_STEP_MS);
    }
    const remote = await this.remotes.find(owner, user, id);
    if (remote === null) {
      return false;
    }
    await this.admission.admit({ owner, user, remotes: [remote] });
    return true;
  }

  /**
   * Finds the row of the Powens user that a webhook belongs to, or null. Its authenticator is verified: otherwise an attacker who can
   * edit rows could apply the webhooks of one owner's bank to another owner.
   *
   * Webhooks of bank accounts, contracts and deletions may not name the user: then the connection names it.
   */
  async powensUser(message: InboxMessage): Promise<PowensUserState | null> {
    const user = await this.find(message);
    if (user !== null && user.powensUserId !== null) {
      this.custody.verify(user);
    }
    return user;
  }

  private async find(message: InboxMessage): Promise<PowensUserState | null> {
    if (message.powensUserId !== null) {
      return this.leases.findByPowensUser(message.powensUserId);
    }
    const local = await this.known(message);
    return local === null ? null : this.leases.find(local.owner);
  }

  /** @throws DeferredError when Powens does not find it */
  private async revived(user: PowensUserState): Promise<PowensUserState | null> {
    const isLost = user.status === 'lost' || (user.status === 'revoked' && user.reason === 'token_lost');
    const usable = usableOf(user);
    if (!isLost || usable === null) {
      return user;
    }
    try {
      const { outcome } = await this.reconciliation.reconcile(user, usable, true);
      if (outcome.result === 'compared') {
        return await this.leases.findByPowensUser(usable.powensUserId);
      }
    } catch (error) {
      if (!(error instanceof PowensApiError)) {
        throw error;
      }
    }
    throw new DeferredError('its Powens user is out of use here, and Powens does not find it');
  }
}
