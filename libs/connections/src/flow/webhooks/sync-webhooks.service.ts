import { Injectable } from '@nestjs/common';
import { diffOf, NO_DIFF, type RemoteConnection } from '../../connections/remote-diff.js';
import type { ConnectionSyncedData } from '../../events/index.js';
import { parisDate } from '../../powens/paris-date.js';
import type { InboxMessage } from '../../webhooks/inbox-message.js';
import { ConnectionChangesService, type ChangeSet } from '../changes/connection-changes.service.js';
import { retryOnConflict } from '../changes/retry-on-conflict.js';
import { MissingConnections } from '../losses/missing-connections.service.js';
import { RemoteConnections } from '../losses/remote-connections.service.js';
import type { Processed, Acknowledge } from './acknowledge.js';
import { WebhookSubjects, type KnownConnection, type WebhookOwner } from './webhook-subject.service.js';

/** What a webhook reports of its connection. */
interface Reported {
  readonly state: string | null;
  readonly lastUpdate: Date | null;
}

/**
 * `CONNECTION_SYNCED`: a synchronisation ended, well or not. Its date decides about the state that is kept, never about its data:
 * each message is one `connection.synced` with a payload of its own, late, early or in parts.
 *
 * @see WH-09, WH-12
 * @internal
 */
@Injectable()
export class SyncWebhooks {
  constructor(
    private readonly subjects: WebhookSubjects,
    private readonly remotes: RemoteConnections,
    private readonly missing: MissingConnections,
    private readonly observation: ConnectionChangesService,
  ) {}

  /** Takes over what is new, and notifies of the synchronisation once. */
  async synced(message: InboxMessage, settle: Acknowledge): Promise<Processed> {
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
        // One that is not confirmed keeps its message until it is; one that is being deleted needs nothing.
        return local.status === 'unconfirmed' ? 'unconfirmed' : 'processed';
      }
      await this.observe(message, { owner, local }, settle);
      return 'settled';
    });
  }

  private async observe(
    message: InboxMessage,
    { owner, local }: { owner: WebhookOwner; local: KnownConnection },
    settle: Acknowledge,
  ): Promise<void> {
    const reported = reportedBy(message);
    const remote = await this.whatIsTrue(local, owner, reported);
    const { owner: whose, userId, powensUserId } = owner.account;
    const data: ConnectionSyncedData = {
      lastSyncedAt: reported.lastUpdate?.toISOString() ?? null,
      state: reported.state,
      webhookId: message.hasBody ? message.position : null,
    };
    const observed: ChangeSet = {
      owner: whose,
      account: { userId, powensUserId },
      attemptId: null,
      diff: remote === null ? NO_DIFF : diffOf([local], [remote]),
      arrived: { local, data },
    };
    await this.observation.commit(observed, settle('processed', whose));
    if (remote === null) {
      await this.missing.notFound(local);
    }
  }

  /**
   * A webhook is a hint: when it reports another state, Powens is asked, since it may be older than what is known. A
   * synchronisation that changed nothing but its date is believed; it is by far the most frequent, and asking for each would not
   * fit into Powens' fair use.
   *
   * @returns null when Powens itself does not find the connection
   */
  private async whatIsTrue(
    local: KnownConnection,
    owner: WebhookOwner,
    reported: Reported,
  ): Promise<RemoteConnection | null> {
    const believed = { ...local, id: local.powensConnectionId, connectorUuid: null, connectorName: null };
    if (reported.state === local.state || owner.usable === null) {
      const state = isOlder(reported, local) ? local.state : reported.state;
      return { ...believed, state, lastUpdate: reported.lastUpdate, expire: local.expiresAt };
    }
    const remote = await this.remotes.find(local.owner, owner.usable, local.powensConnectionId);
    // The date is the webhook's own: each synchronisation is reported by the webhook that brings its data.
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
