import { setImmediate as nextTurn } from 'node:timers/promises';
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

/** What a webhook is said to be, and where it was sent to. */
interface Claimed {
  readonly event: PowensWebhookEvent | 'unknown';
  /** Path that Powens signed. */
  readonly path: string;
}

/** Bytes of an uncompressed body that are searched without waiting for a turn: less than a millisecond. */
const SEARCHED_AT_ONCE = 64 * 1024;
/** Bytes that are hashed in one go: about a millisecond. */
const HASHED_AT_ONCE = 1024 * 1024;

/**
 * Verifies webhooks, and reads them afterwards. Before its sender is known nothing is built from a body: its bytes are
 * hashed, or searched for the id of a user, in bounded time and memory.
 *
 * @internal
 */
@Injectable()
export class WebhookVerification {
  readonly #unverified = new UnverifiedWork();

  constructor(
    private readonly door: WebhookAuthenticator,
    private readonly custody: TokenCustodyService,
  ) {}

  /**
   * Verifies a webhook.
   *
   * @returns its summary; null for a body that is not a JSON object, which a signature can be good for all the same
   * @throws WebhookError
   */
  async verify(webhook: ReceivedWebhook, claimed: Claimed): Promise<WebhookSummary | null> {
    this.door.glance(webhook);
    const { maxInflatedBytes, auth } = this.door.webhooks;
    const summarise = async (): Promise<WebhookSummary | null> =>
      summaryOf(plainBytes(webhook.body, maxInflatedBytes));
    if (auth.type === 'bearer') {
      const summary = await this.inTurn(webhook, summarise);
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

  /** Work on a body whose sender is not known waits for its turn, unless it is small. */
  private async inTurn<T>({ body, source }: ReceivedWebhook, work: () => Promise<T>): Promise<T> {
    const bytes = sizeOf(body);
    const isSmall = body.encoding === 'identity' && bytes <= SEARCHED_AT_ONCE;
    return isSmall ? work() : this.#unverified.run({ source, bytes }, work);
  }

  /** Whether Powens signs before or after it compresses is not documented: both are accepted. */
  private async isSigned(webhook: ReceivedWebhook, path: string): Promise<boolean> {
    const { body } = webhook;
    if (await isGoodFor(this.door.signatureOf(webhook, path), body.chunks)) {
      return true;
    }
    if (body.encoding !== 'gzip') {
      return false;
    }
    return this.inTurn(webhook, async () =>
      isGoodFor(this.door.signatureOf(webhook, path), plainBytes(body, this.door.webhooks.maxInflatedBytes)),
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

async function isGoodFor(
  check: SignatureCheck,
  chunks: Iterable<Buffer> | AsyncIterable<Buffer>,
): Promise<boolean> {
  let hashed = 0;
  for await (const chunk of chunks) {
    check.update(chunk);
    hashed += chunk.length;
    if (hashed > HASHED_AT_ONCE) {
      hashed = 0;
      await nextTurn();
    }
  }
  return check.isGood();
}
