import { Inject, Injectable } from '@nestjs/common';
import { AttemptRepository } from '../../attempts/attempt.repository.js';
import type { StandingConnection } from '../../connections/connection-changes.repository.js';
import { NO_DIFF } from '../../connections/remote-diff.js';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import type { OwnedPowensUser } from '../../values/owned-powens-user.js';
import type { Owner } from '../../values/owner.js';
import type { InboxMessage } from '../../webhooks/inbox-message.js';
import { InboxRepository } from '../../webhooks/inbox.repository.js';
import { AdmissionService } from '../quarantine/admission.service.js';
import { ConnectionChangesService } from '../changes/connection-changes.service.js';
import { RemoteConnections } from '../losses/remote-connections.service.js';
import { DeferredError } from './deferred.error.js';

/** Delay between two tries while the callback of a new connection is awaited. */
const GRACE_STEP_MS = 2000;

/**
 * Connections that a webhook reports and that are unknown here.
 *
 * @see OA-31, WH-08
 * @internal
 */
@Injectable()
export class UnknownConnections {
  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly attempts: AttemptRepository,
    private readonly inbox: InboxRepository,
    private readonly remotes: RemoteConnections,
    private readonly admission: AdmissionService,
    private readonly connectionChanges: ConnectionChangesService,
  ) {}

  /**
   * Admits a connection, as the options say, when a read at Powens finds it for this user.
   *
   * @returns false when Powens does not find it
   * @throws DeferredError while its callback may still arrive
   */
  async admit(message: InboxMessage, { owner }: { owner: Owner }, user: OwnedPowensUser): Promise<boolean> {
    const { powensConnectionId: id } = message;
    if (id === null || (await this.inbox.wasDeleted(id, user.powensUserId))) {
      // A deletion is final, whatever later webhooks report of the connection (WH-09).
      return false;
    }
    await this.waitForCallback(message, owner);
    const remote = await this.remotes.find(owner, user, id);
    if (remote === null) {
      return false;
    }
    await this.admission.admit({ owner, user, remotes: [remote] });
    return true;
  }

  /**
   * Reactivates a connection with status `gone`, when a read at Powens finds it. A connection that Powens reported as deleted is
   * only revived by reconciliation, since webhooks may be late.
   *
   * @returns false when it stays gone
   */
  async revive(local: StandingConnection, user: OwnedPowensUser): Promise<boolean> {
    if (local.removalReason === 'deleted_at_powens') {
      return false;
    }
    const { owner, id } = local;
    const remote = await this.remotes.find(owner, user, local.powensConnectionId);
    if (remote === null) {
      return false;
    }
    await this.connectionChanges.commit({
      owner,
      user,
      attemptId: null,
      diff: NO_DIFF,
      revived: [{ id, remote }],
    });
    return true;
  }

  private async waitForCallback({ ageSeconds }: InboxMessage, owner: Owner): Promise<void> {
    const { lifecycle } = this.options;
    if (ageSeconds < lifecycle.unconfirmedGraceSeconds && (await this.attempts.isAnyOpen(owner))) {
      throw new DeferredError('the callback of its connection may still arrive', GRACE_STEP_MS);
    }
  }
}
