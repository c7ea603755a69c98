import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../database/unit-of-work.js';
import type { ConnectionEventType, WebhookData } from '../../events/index.js';
import { OutboxRelayService } from '../../outbox/outbox-relay.service.js';
import { OutboxRepository, type EventToAppend } from '../../outbox/outbox.repository.js';
import type { InboxMessage } from '../../webhooks/inbox-message.js';
import type { PowensWebhookEvent } from '../../webhooks/webhook-events.js';
import type { Scalar, Scalars } from '../../webhooks/body/webhook-summary.js';
import type { Processed, Acknowledge } from './acknowledge.js';
import { WebhookSubjects, type KnownConnection, type WebhookOwner } from './webhook-subject.service.js';

/** Event type that each webhook is published as. */
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
 * Handles webhooks that change no row here: publishes them as events with ids and types, never with their bank data.
 *
 * @internal
 */
@Injectable()
export class NoticeWebhooks {
  constructor(
    private readonly subjects: WebhookSubjects,
    private readonly outbox: OutboxRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly relay: OutboxRelayService,
  ) {}

  /**
   * Publishes an event of a user, of a connection, or of one bank account or contract of it. Publishes nothing of an unconfirmed
   * connection (OA-31), of a deprecated webhook, or of one whose owner is unknown.
   */
  async publish(message: InboxMessage, acknowledge: Acknowledge): Promise<Processed> {
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
      acknowledge('processed', owner.user.owner)(tx);
    });
    this.relay.wake();
    return 'acknowledged';
  }
}

function eventOf(
  message: InboxMessage,
  type: ConnectionEventType,
  { owner, local }: { owner: WebhookOwner; local: KnownConnection | null },
): EventToAppend {
  return {
    type,
    ownerId: owner.user.owner.id,
    tenant: owner.user.owner.tenant,
    attemptId: null,
    connectionId: local?.id ?? null,
    powensConnectionId: local?.powensConnectionId ?? null,
    powensUserId: owner.user.powensUserId,
    data: { ...dataOf(message) },
  };
}

function dataOf({ event, summary, hasBody, position }: InboxMessage): WebhookData {
  const isOne = event.startsWith('ACCOUNT_') || event.startsWith('SUBSCRIPTION_');
  const { id, type, disabled }: Scalars = isOne ? (summary?.root ?? {}) : {};
  return {
    webhookId: hasBody ? position : null,
    powensObjectId: shortTextOf(id),
    isEnabled: disabled === undefined ? null : disabled === null || disabled === false,
    objectType: shortTextOf(type),
  };
}

function shortTextOf(value: Scalar | undefined): string | null {
  return typeof value === 'string' ? value.slice(0, 64) : null;
}
