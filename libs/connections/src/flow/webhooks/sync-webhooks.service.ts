import { Injectable } from '@nestjs/common';
import { diffOf, NO_DIFF, type RemoteConnection } from '../../connections/remote-diff.js';
import type { ConnectionSyncedData } from '../../events/index.js';
import { parisDate } from '../../powens/paris-date.js';
import type { InboxMessage } from '../../webhooks/inbox-message.js';
import { ConnectionChangesService, type ChangeSet } from '../changes/connection-changes.service.js';
import { retryOnConflict } from '../changes/retry-on-conflict.js';
import { RemoteConnections } from '../losses/remote-connections.service.js';
import type { Processed, Acknowledge } from './acknowledge.js';
import { WebhookSubjects, type KnownConnection, type WebhookOwner } from './webhook-subject.service.js';

/** State of a connection as a webhook reports it. */
interface Reported {
  readonly state: string | null;
  readonly lastUpdate: Date | null;
}

/**
 * Handles `CONNECTION_SYNCED`: a synchronisation ended, with or without an error. Its date decides whether its state is stored, never
 * whether its data counts: each message is one `connection.synced` with its own payload, late, early or in parts.
 *
 * @see WH-09, WH-12
 * @internal
 */
@Injectable()
export class SyncWebhooks {
  constructor(
    private readonly subjects: WebhookSubjects,
    private readonly remotes: RemoteConnections,
    private readonly observation: ConnectionChangesService,
  ) {}

  /** Stores the new state, and notifies of the synchronisation once. */
  async synced(message: InboxMessage, acknowledge: Acknowledge): Promise<Processed> {
    const owner = await this.subjects.owner(message);
    if (!owner.isInUse) {
      return 'ignored';
    }
    return retryOnConflict(async () => {
      const local = await this.subjects.connection(message, owner);
      if (local === null) {
        return 'ignored';
      }
      if (local.status !== 'active') {
        // The message of an unconfirmed connection is kept until the confirmation; a connection being deleted needs no update.
        return local.status === 'unconfirmed' ? 'unconfirmed' : 'processed';
      }
      await this.commit(message, { owner, local }, acknowledge);
      return 'acknowledged';
    });
  }

  private async commit(
    message: InboxMessage,
    { owner, local }: { owner: WebhookOwner; local: KnownConnection },
    acknowledge: Acknowledge,
  ): Promise<void> {
    const reported = reportedBy(message);
    const remote = await this.currentState(local, owner, reported);
    const { owner: dataOwner, userId, powensUserId } = owner.user;
    const data: ConnectionSyncedData = {
      lastSyncedAt: reported.lastUpdate?.toISOString() ?? null,
      state: reported.state,
      webhookId: message.hasBody ? message.position : null,
    };
    const observed: ChangeSet = {
      owner: dataOwner,
      user: { userId, powensUserId },
      attemptId: null,
      diff: remote === null ? NO_DIFF : diffOf([local], [remote]),
      arrived: { local, data },
    };
    await this.observation.commit(observed, acknowledge('processed', dataOwner));
    if (remote === null) {
      await this.remotes.notFound(local);
    }
  }

  /**
   * A webhook is a hint: when it reports another state, the connection is read at Powens, since the webhook may be older than the row.
   * A synchronisation that changed nothing but its date is trusted: it is by far the most frequent, and a read for each would
   * exceed Powens' fair use.
   *
   * @returns null when Powens itself does not find the connection
   */
  private async currentState(
    local: KnownConnection,
    owner: WebhookOwner,
    reported: Reported,
  ): Promise<RemoteConnection | null> {
    const base = { ...local, id: local.powensConnectionId, connectorUuid: null, connectorName: null };
    if (reported.state === local.state || owner.usable === null) {
      const state = isOlder(reported, local) ? local.state : reported.state;
      return { ...base, state, lastUpdate: reported.lastUpdate, expire: local.expiresAt };
    }
    const remote = await this.remotes.find(local.owner, owner.usable, local.powensConnectionId);
    // The date of the webhook counts: each synchronisation is reported by the webhook that carries its data.
    return remote === null ? null : { ...remote, lastUpdate: reported.lastUpdate };
  }
}

function isOlder({ lastUpdate }: Reported, { lastSyncedAt }: KnownConnection): boolean {
  return lastUpdate !== null && lastSyncedAt !== null && lastUpdate.getTime() < lastSyncedAt.getTime();
}

/** `""` and `"null"` were seen in the field for a good synchronisation; `last_update` may be missing. */
function reportedBy({ summary }: InboxMessage): Reported {
  const { state, last_update: lastUpdate } = summary?.connection ?? {};
  const isWord = typeof state === 'string' && state !== '' && state !== 'null';
  return { state: isWord ? state.slice(0, 64) : null, lastUpdate: parisDate(lastUpdate) };
}
