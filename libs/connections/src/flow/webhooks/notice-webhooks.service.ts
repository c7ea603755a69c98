import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../database/unit-of-work.js';
import type { ConnectionEventType, WebhookData } from '../../events/index.js';
import { OutboxRelayService } from '../../outbox/outbox-relay.service.js';
import { OutboxService, type EventToAppend } from '../../outbox/outbox.service.js';
import type { InboxMessage } from '../../webhooks/inbox-message.js';
import type { PowensWebhookEvent } from '../../webhooks/webhook-events.js';
import type { Scalar, Scalars } from '../../webhooks/body/webhook-summary.js';
import type { Processed, Acknowledge } from './acknowledge.js';
import { WebhookSubjects, type KnownConnection, type WebhookOwner } from './webhook-subject.service.js';

/** What each of them is told as. */
const TYPES: Partial<Record<PowensWebhookEvent, ConnectionEventType>> = {
  USER_CREATED: 'user.created',
  ACCOUNTS_FETCHED: 'accounts.fetched',
  ACCOUNT_FOUND: 'account.found',
  ACCOUNT_ENABLED: 'account.enabled',
  ACCOUNT_DISABLED: 'account.disabled',
  ACCOUNT_SYNCED: 'account.synced',
  ACCOUNT_OWNERSHIPS_FOUND: 'account.ownerships_found',
  SUBSCRIPTION_FOUND: 'subscription.found',
  SUBSCRIPTION_SYNCED: 'subscription.synced',
};

/**
 * Webhooks that change nothing that is kept here: they are told on, with ids and words, never with what is in them.
 *
 * @internal
 */
@Injectable()
export class NoticeWebhooks {
  constructor(
    private readonly subjects: WebhookSubjects,
    private readonly outbox: OutboxService,
    private readonly unitOfWork: UnitOfWork,
    private readonly relay: OutboxRelayService,
  ) {}

  /**
   * Tells of a user, of all of a connection, or of one account or contract of it. Of a connection that nobody confirmed
   * nothing is told (OA-31); and nothing of what is deprecated, or of what cannot be told whose it is.
   */
  async tell(message: InboxMessage, settle: Acknowledge): Promise<Processed> {
    const type = TYPES[message.event];
    if (type === undefined) {
      return 'ignored';
    }
    const owner = await this.subjects.owner(message);
    if (!owner.isInUse) {
      return 'ignored';
    }
    const local = type === 'user.created' ? null : await this.subjects.connection(message, owner);
    if (type !== 'user.created' && local?.status !== 'active') {
      return local?.status === 'unconfirmed' ? 'unconfirmed' : 'ignored';
    }
    await this.unitOfWork.run((tx) => {
      this.outbox.append([eventOf(message, type, { owner, local })], tx);
      settle('processed', owner.account.owner)(tx);
    });
    this.relay.wake();
    return 'settled';
  }
}

function eventOf(
  message: InboxMessage,
  type: ConnectionEventType,
  { owner, local }: { owner: WebhookOwner; local: KnownConnection | null },
): EventToAppend {
  return {
    type,
    ownerId: owner.account.owner.id,
    tenant: owner.account.owner.tenant,
    attemptId: null,
    connectionId: local?.id ?? null,
    powensConnectionId: local?.powensConnectionId ?? null,
    powensUserId: owner.account.powensUserId,
    data: { ...dataOf(message) },
  };
}

function dataOf({ event, summary, hasBody, position }: InboxMessage): WebhookData {
  const isOne = event.startsWith('ACCOUNT_') || event.startsWith('SUBSCRIPTION_');
  const { id, type, disabled }: Scalars = isOne ? (summary?.root ?? {}) : {};
  return {
    webhookId: hasBody ? position : null,
    powensObjectId: wordOf(id),
    isEnabled: disabled === undefined ? null : disabled === null || disabled === false,
    objectType: wordOf(type),
  };
}

function wordOf(value: Scalar | undefined): string | null {
  return typeof value === 'string' ? value.slice(0, 64) : null;
}
