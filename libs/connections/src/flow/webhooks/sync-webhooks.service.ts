import { Injectable } from '@nestjs/common';
import { diffOf, type RemoteConnection } from '../../connections/remote-diff.js';
import { parisDate } from '../../powens/paris-date.js';
import type { InboxMessage } from '../../webhooks/inbox-message.js';
import { ObservationService, type Observed } from '../lifecycle/observation.service.js';
import { withFreshEyes } from '../lifecycle/patience.js';
import { RemoteConnections } from './remote-connections.service.js';
import type { Processed, Settle } from './settle.js';
import { WebhookSubjects, type KnownConnection, type WebhookOwner } from './webhook-subject.service.js';

/** What a webhook says of its connection. */
interface Told {
  readonly state: string | null;
  readonly lastUpdate: Date | null;
}

/**
 * `CONNECTION_SYNCED`: a synchronisation ended, well or not.
 *
 * @see WH-09, WH-12
 * @internal
 */
@Injectable()
export class SyncWebhooks {
  constructor(
    private readonly subjects: WebhookSubjects,
    private readonly remotes: RemoteConnections,
    private readonly observation: ObservationService,
  ) {}

  /** Takes over what is new, and tells of it once. */
  async synced(message: InboxMessage, settle: Settle): Promise<Processed> {
    const owner = await this.subjects.owner(message);
    if (owner.account.status === 'erasing') {
      return 'ignored';
    }
    return withFreshEyes(async () => {
      const local = await this.subjects.connection(message, owner);
      if (local === null) {
        return 'ignored';
      }
      if (local.status !== 'active') {
        // One that nobody confirmed is read when somebody does; one that is going needs nothing.
        return 'processed';
      }
      await this.observe(message, { owner, local }, settle);
      return 'settled';
    });
  }

  private async observe(
    message: InboxMessage,
    { owner, local }: { owner: WebhookOwner; local: KnownConnection },
    settle: Settle,
  ): Promise<void> {
    const remote = await this.whatIsTrue(local, owner, toldBy(message));
    const { owner: whose, userId, powensUserId } = owner.account;
    const observed: Observed = {
      owner: whose,
      account: { userId, powensUserId },
      attemptId: null,
      webhookId: message.hasBody ? message.position : null,
      diff: diffOf([local], remote === null ? [] : [remote]),
    };
    await this.observation.commit(observed, settle('processed', whose));
  }

  /**
   * A webhook is a hint: when it tells of another state, Powens is asked, since it may be older than what is known. A
   * synchronisation that changed nothing but its date is believed; it is by far the most frequent, and asking for each
   * would not fit into Powens' fair use.
   */
  private async whatIsTrue(
    local: KnownConnection,
    owner: WebhookOwner,
    told: Told,
  ): Promise<RemoteConnection | null> {
    if (told.state === local.state || owner.usable === null) {
      return {
        id: local.powensConnectionId,
        connectorUuid: null,
        connectorName: null,
        state: told.state,
        lastUpdate: told.lastUpdate,
        expire: local.expiresAt,
      };
    }
    const remote = await this.remotes.find(local.owner, owner.usable, local.powensConnectionId);
    // The date is the webhook's own: each synchronisation is told of by the webhook that brings its data.
    return remote === null ? null : { ...remote, lastUpdate: told.lastUpdate };
  }
}

/** `""` and `"null"` were seen in the field for a good synchronisation; `last_update` may be missing. */
function toldBy({ summary }: InboxMessage): Told {
  const { state, last_update: lastUpdate } = summary?.connection ?? {};
  const isWord = typeof state === 'string' && state !== '' && state !== 'null';
  return { state: isWord ? state.slice(0, 64) : null, lastUpdate: parisDate(lastUpdate) };
}
