import { Injectable, Logger } from '@nestjs/common';
import { UnitOfWork } from '../../database/unit-of-work.js';
import type { InboxMessage } from '../../webhooks/inbox-message.js';
import { InboxRepository } from '../../webhooks/inbox.repository.js';
import { DeletionWebhooks } from './deletion-webhooks.service.js';
import { NoticeWebhooks } from './notice-webhooks.service.js';
import type { Processed, Acknowledge } from './acknowledge.js';
import { SyncWebhooks } from './sync-webhooks.service.js';

/**
 * Dispatches a webhook to its handler. Each handler writes its effect together with the acknowledgement of the message.
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
   * @throws DeferredError when it must wait; any other error of its handler
   */
  async process(message: InboxMessage): Promise<void> {
    const acknowledge: Acknowledge = (outcome, owner) => (tx) => {
      this.inbox.acknowledge(message, { outcome, owner }, tx);
    };
    const outcome = await this.dispatch(message, acknowledge);
    if (outcome !== 'acknowledged') {
      await this.unitOfWork.run(acknowledge(outcome, null));
    }
  }

  private async dispatch(message: InboxMessage, acknowledge: Acknowledge): Promise<Processed> {
    if (message.summary === null) {
      this.#logger.error(
        `Webhook ${message.position} (${message.event}) is not a JSON object; it is ignored`,
      );
      return 'ignored';
    }
    switch (message.event) {
      case 'CONNECTION_SYNCED':
        return this.syncs.synced(message, acknowledge);
      case 'CONNECTION_DELETED':
        return this.deletions.connectionDeleted(message, acknowledge);
      case 'USER_DELETED':
        return this.deletions.userDeleted(message);
      default:
        return this.notices.publish(message, acknowledge);
    }
  }
}
