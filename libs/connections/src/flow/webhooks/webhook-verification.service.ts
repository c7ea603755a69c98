import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { TokenCustodyService } from '../../custody/token-custody.service.js';
import { WebhookError } from '../../errors/index.js';
import { plainBytes } from '../../webhooks/body/inflate.js';
import { subjectOf } from '../../webhooks/inbox-entry.js';
import { sizeOf } from '../../webhooks/body/raw-body.js';
import type { ReceivedWebhook } from '../../webhooks/authentication/received-webhook.js';
import { UnverifiedWork } from '../../webhooks/authentication/unverified-work.js';
import {
  WebhookAuthenticator,
  type SignatureCheck,
} from '../../webhooks/authentication/webhook-authenticator.service.js';
import type { PowensWebhookEvent } from '../../webhooks/webhook-events.js';
import { summaryOf, type WebhookSummary } from '../../webhooks/body/webhook-summary.js';

/** Event and path that an unverified request claims. */
interface Claimed {
  readonly event: PowensWebhookEvent | 'unknown';
  /** Path that Powens signed. */
  readonly path: string;
}

/** Bytes of an uncompressed body that are searched without queueing: less than a millisecond. */
const MAX_UNQUEUED_BYTES = 64 * 1024;
/** Bytes that are hashed before yielding to the event loop: about a millisecond. */
const MAX_HASHED_BYTES = 1024 * 1024;

/**
 * Verifies webhooks, and parses them afterwards. Before the sender is verified, no value is parsed from a body: its bytes are
 * hashed, or searched for the id of a user, in bounded time and memory.
 *
 * @internal
 */
@Injectable()
export class WebhookVerification {
  readonly #unverified = new UnverifiedWork();

  constructor(
    private readonly authenticator: WebhookAuthenticator,
    private readonly custody: TokenCustodyService,
  ) {}

  /**
   * Verifies a webhook.
   *
   * @returns its summary; null for a body that is not a JSON object, which may still carry a valid signature
   * @throws WebhookError
   */
  async verify(webhook: ReceivedWebhook, claimed: Claimed): Promise<WebhookSummary | null> {
    this.authenticator.verifyHeaders(webhook);
    const { maxInflatedBytes, auth } = this.authenticator.webhooks;
    const summarise = async (): Promise<WebhookSummary | null> =>
      summaryOf(plainBytes(webhook.body, maxInflatedBytes));
    if (auth.type === 'bearer') {
      const summary = await this.queued(webhook, summarise);
      if (!(await this.isOwnToken(webhook, claimed, summary))) {
        throw WebhookError.refused('bearer');
      }
      return summary;
    }
    if (auth.type === 'hmac' && !(await this.isSigned(webhook, claimed.path))) {
      throw WebhookError.refused('signature');
    }
    return summarise();
  }

  /** Work on a body whose sender is not verified is queued, unless the body is small. */
  private async queued<T>({ body, source }: ReceivedWebhook, work: () => Promise<T>): Promise<T> {
    const bytes = sizeOf(body);
    const isSmall = body.encoding === 'identity' && bytes <= MAX_UNQUEUED_BYTES;
    return isSmall ? work() : this.#unverified.run({ source, bytes }, work);
  }

  /** Whether Powens signs before or after it compresses is not documented: both are accepted. */
  private async isSigned(webhook: ReceivedWebhook, path: string): Promise<boolean> {
    const { body } = webhook;
    if (await isValidFor(this.authenticator.signatureOf(webhook, path), body.chunks)) {
      return true;
    }
    if (body.encoding !== 'gzip') {
      return false;
    }
    return this.queued(webhook, async () =>
      isValidFor(
        this.authenticator.signatureOf(webhook, path),
        plainBytes(body, this.authenticator.webhooks.maxInflatedBytes),
      ),
    );
  }

  /** Compares the bearer with the token kept for the user that the body names (TC-13). */
  private async isOwnToken(
    webhook: ReceivedWebhook,
    { event }: Claimed,
    summary: WebhookSummary | null,
  ): Promise<boolean> {
    const { powensUserId } = subjectOf(event, summary);
    if (powensUserId === null) {
      return false;
    }
    const same = await webhook.authorization?.useBearer(async (token) =>
      this.custody.isTokenOf(powensUserId, token),
    );
    return same === true;
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
