import { Inject, Injectable, Logger } from '@nestjs/common';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { ConnectionsError } from '../../errors/index.js';
import { PublicRoutes } from '../../options/resolve/public-routes.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { storedBodyOf } from '../../webhooks/body/body-store.js';
import { dedupeKeyOf, orderKeyOf, scopeOf, subjectOf } from '../../webhooks/inbox-entry.js';
import { plainBytes } from '../../webhooks/body/inflate.js';
import { InboxRepository } from '../../webhooks/inbox.repository.js';
import type { ReceivedWebhook } from '../../webhooks/authentication/received-webhook.js';
import {
  WebhookAuthenticator,
  type WebhookToken,
} from '../../webhooks/authentication/webhook-authenticator.service.js';
import { eventOfPath, type PowensWebhookEvent } from '../../webhooks/webhook-events.js';
import type { WebhookSummary } from '../../webhooks/body/webhook-summary.js';
import { InboxProcessor } from './inbox-processor.service.js';
import { WebhookVerification } from './webhook-verification.service.js';

/**
 * Receives webhooks: verifies, stores, then answers. They are processed later, by any replica.
 *
 * @see WH-07
 * @internal
 */
@Injectable()
export class WebhookReceiver {
  readonly #logger = new Logger('ConnectionsWebhooks');

  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly routes: PublicRoutes,
    private readonly authenticator: WebhookAuthenticator,
    private readonly verification: WebhookVerification,
    private readonly inbox: InboxRepository,
    private readonly processor: InboxProcessor,
  ) {}

  /** @throws ConnectionsError `not_found` when the host receives no webhooks */
  assertOpen(): void {
    if (!this.authenticator.isOpen) {
      throw new ConnectionsError(
        'not_found',
        'This application receives no webhooks: its option "webhooks" is not set.',
      );
    }
  }

  /**
   * Issues a token for webhooks.
   *
   * @throws WebhookError `webhook_refused`; ConnectionsError `not_found`
   */
  token(client: { id: string; secret: string; grantType: string }): WebhookToken {
    return this.authenticator.tokenFor(client);
  }

  /**
   * Receives a webhook. Once it is verified, only a failure of the database is answered with an error: a refusal would
   * delay the webhooks of all users (F11).
   *
   * @throws WebhookError; ConnectionsError `not_found` for a path that cannot name an event; StorageError
   */
  async receive(webhook: ReceivedWebhook): Promise<void> {
    const event = eventOfPath(webhook.segment);
    if (event === null) {
      throw new ConnectionsError('not_found', 'No event is called so.');
    }
    const path = `${this.routes.signedWebhookPath}/${webhook.segment}`;
    const summary = await this.verification.verify(webhook, { event, path });
    if (event === 'unknown') {
      this.#logger.warn(
        `A verified webhook at .../${webhook.segment} is of an event that this version does not know`,
      );
      return;
    }
    if (await this.store(event, summary, webhook)) {
      this.processor.wake();
    }
  }

  private async store(
    event: PowensWebhookEvent,
    summary: WebhookSummary | null,
    { body }: ReceivedWebhook,
  ): Promise<boolean> {
    const subject = subjectOf(event, summary);
    const { bodyRetentionDays, maxInflatedBytes, auth } = this.authenticator.webhooks;
    const scope = scopeOf(auth.type, subject);
    const dedupeKey = await dedupeKeyOf(event, subject, plainBytes(body, maxInflatedBytes), scope);
    return this.inbox.insert({
      instance: this.options.instance,
      event,
      dedupeKey,
      orderKey: orderKeyOf(subject, dedupeKey, scope),
      powensUserId: subject.powensUserId,
      powensConnectionId: subject.powensConnectionId,
      summary,
      body: bodyRetentionDays > 0 ? await storedBodyOf(body) : null,
    });
  }
}
