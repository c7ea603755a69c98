import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { Inject, Injectable, type Logger } from '@nestjs/common';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { TokenCustodyService } from '../../custody/token-custody.service.js';
import { ConnectionsError, WebhookError } from '../../errors/index.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { storedBodyOf } from '../../webhooks/body/body-store.js';
import {
  dedupeKeyOf,
  orderKeyOf,
  scopeOf,
  subjectOf,
  type WebhookSubject,
} from '../../webhooks/inbox-entry.js';
import { sizeOf } from '../../webhooks/body/raw-body.js';
import { plainBytes } from '../../webhooks/body/inflate.js';
import { InboxRepository } from '../../webhooks/inbox.repository.js';
import type { ReceivedWebhook, SenderProof } from '../../webhooks/authentication/received-webhook.js';
import { UnverifiedWork } from '../../webhooks/authentication/unverified-work.js';
import { WebhookAuthenticator } from '../../webhooks/authentication/webhook-authenticator.service.js';
import type { SignatureCheck } from '../../webhooks/authentication/signature.js';
import type { WebhookToken } from '../../webhooks/authentication/oauth-token.js';
import { eventOfPath, type PowensWebhookEvent } from '../../events/powens-webhook-events.js';
import { summaryOf, type WebhookSummary } from '../../webhooks/body/webhook-summary.js';
import { webhooksReceived, type WebhookVerdict } from '../../telemetry/metrics.js';
import { inSpan } from '../../telemetry/spans.js';
import { annotate } from '../../telemetry/span-attributes.js';
import { InboxProcessor } from './inbox-processor.service.js';
import { loggerOf } from '../../options/registration/logger-of.js';

/** A verified webhook: ids of its user and connection, and its summary; null for a body that is not a JSON object. */
interface Verified {
  readonly subject: WebhookSubject;
  readonly summary: WebhookSummary | null;
}

/** Bytes of an uncompressed body that are searched without queueing: less than a millisecond. */
const MAX_UNQUEUED_BYTES = 64 * 1024;

/** Bytes that are hashed before yielding to the event loop: about a millisecond. */
const MAX_HASHED_BYTES = 1024 * 1024;

/**
 * Receives webhooks: verifies, stores, then answers. They are processed later, by any replica. Before the sender is verified, no value
 * is parsed from a body: its bytes are hashed, or searched for the id of a user, in bounded time and memory.
 *
 * @see WH-07
 * @internal
 */
@Injectable()
export class WebhookReceiver {
  readonly #logger: Logger;
  readonly #unverified = new UnverifiedWork();

  constructor(
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly authenticator: WebhookAuthenticator,
    private readonly custody: TokenCustodyService,
    private readonly inbox: InboxRepository,
    private readonly processor: InboxProcessor,
  ) {
    this.#logger = loggerOf('ConnectionsWebhooks', options);
  }

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
    const verdict = await inSpan('powens.webhook.receive', async () => {
      annotate('powens.event', event);
      annotate('powens.instance', this.options.instance);
      return this.accept(event, webhook).catch((error: unknown) => {
        webhooksReceived.add(1, event, error instanceof WebhookError ? 'refused' : 'failed');
        throw error;
      });
    });
    webhooksReceived.add(1, event, verdict);
    if (verdict === 'stored') {
      this.processor.wake();
    }
  }

  private async accept(
    event: PowensWebhookEvent | 'unknown',
    webhook: ReceivedWebhook,
  ): Promise<WebhookVerdict> {
    const verified = await this.verify(event, webhook);
    if (event === 'unknown') {
      this.#logger.warn(
        `A verified webhook at .../${webhook.segment} is of an event that this version does not know`,
      );
      return 'unknown_event';
    }
    return (await this.store(event, verified, webhook)) ? 'stored' : 'duplicate';
  }

  /** A body that is not a JSON object may still carry a valid signature. */
  private async verify(event: PowensWebhookEvent | 'unknown', webhook: ReceivedWebhook): Promise<Verified> {
    const { proof, signedBelow, segment, body } = webhook;
    const { maxInflatedBytes } = this.authenticator.webhooks;
    const read = async (): Promise<Verified> => {
      const summary = await summaryOf(plainBytes(body, maxInflatedBytes));
      return { summary, subject: subjectOf(event, summary) };
    };
    if (proof === null) {
      throw WebhookError.refused('signature_headers');
    }
    if (proof.type === 'bearer') {
      const verified = await this.queued(webhook, read);
      if (!(await this.isOwnToken(proof, verified.subject))) {
        throw WebhookError.refused('bearer');
      }
      return verified;
    }
    const path = `${signedBelow}/${segment}`;
    if (
      proof.type === 'hmac' &&
      !(await this.isSigned(webhook, () => this.authenticator.signatureOf(proof.signature, path)))
    ) {
      throw WebhookError.refused('signature');
    }
    return read();
  }

  /** Work on a body whose sender is not verified is queued, unless the body is small. */
  private async queued<T>({ body, source }: ReceivedWebhook, work: () => Promise<T>): Promise<T> {
    const bytes = sizeOf(body);
    const isSmall = body.encoding === 'identity' && bytes <= MAX_UNQUEUED_BYTES;
    return isSmall ? work() : this.#unverified.run({ source, bytes }, work);
  }

  /** Whether Powens signs before or after it compresses is not documented: both are accepted. */
  private async isSigned(webhook: ReceivedWebhook, begin: () => SignatureCheck): Promise<boolean> {
    const { body } = webhook;
    if (await isValidFor(begin(), body.chunks)) {
      return true;
    }
    if (body.encoding !== 'gzip') {
      return false;
    }
    const { maxInflatedBytes } = this.authenticator.webhooks;
    return this.queued(webhook, async () => isValidFor(begin(), plainBytes(body, maxInflatedBytes)));
  }

  /** Compares the bearer with the token kept for the user that the body names (TC-13). */
  private async isOwnToken(
    { authorization }: Extract<SenderProof, { type: 'bearer' }>,
    { powensUserId }: WebhookSubject,
  ): Promise<boolean> {
    if (powensUserId === null) {
      return false;
    }
    return (
      (await authorization.useBearer(async (token) => this.custody.isTokenOf(powensUserId, token))) === true
    );
  }

  private async store(
    event: PowensWebhookEvent,
    { subject, summary }: Verified,
    { body }: ReceivedWebhook,
  ): Promise<boolean> {
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

async function isValidFor(
  check: SignatureCheck,
  chunks: Iterable<Buffer> | AsyncIterable<Buffer>,
): Promise<boolean> {
  let hashed = 0;
  for await (const chunk of chunks) {
    check.update(chunk);
    hashed += chunk.length;
    if (hashed > MAX_HASHED_BYTES) {
      hashed = 0;
      await yieldToEventLoop();
    }
  }
  return check.isGood();
}
