import { Injectable, Logger } from '@nestjs/common';
import { UnitOfWork } from '../../database/unit-of-work.js';
import type { InboxMessage } from '../../webhooks/inbox-message.js';
import { InboxRepository } from '../../webhooks/inbox.repository.js';
import { DeletionWebhooks } from './deletion-webhooks.service.js';
import { NoticeWebhooks } from './notice-webhooks.service.js';
import type { Processed, Acknowledge } from './acknowledge.js';
import { SyncWebhooks } from './sync-webhooks.service.js';

/**
 * What a webhook means: one of few things, each written together with the end of its message.
 *
 * @internal
 */
@Injectable()
export class WebhookProcessing {
  readonly #logger = new Logger('ConnectionsInbox');

  constructor(
    private readonly inbox: InboxRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly syncs: SyncWebhooks,
    private readonly deletions: DeletionWebhooks,
    private readonly notices: NoticeWebhooks,
  ) {}

  /**
   * Processes a message.
   *
   * @throws DeferredError when it must wait; whatever went wrong
   */
  async process(message: InboxMessage): Promise<void> {
    const settle: Acknowledge = (outcome, owner) => (tx) => {
      this.inbox.settle(message, { outcome, owner }, tx);
    };
    const outcome = await this.meaning(message, settle);
    if (outcome !== 'settled') {
      await this.unitOfWork.run(settle(outcome, null));
    }
  }

  private async meaning(message: InboxMessage, settle: Acknowledge): Promise<Processed> {
    if (message.summary === null) {
      this.#logger.error(
        `Webhook ${message.position} (${message.event}) is not a JSON object; it is put away`,
      );
      return 'ignored';
    }
    switch (message.event) {
      case 'CONNECTION_SYNCED':
        return this.syncs.synced(message, settle);
      case 'CONNECTION_DELETED':
        return this.deletions.connectionDeleted(message, settle);
      case 'USER_DELETED':
        return this.deletions.userDeleted(message);
      default:
        return this.notices.tell(message, settle);
    }
  }
}
