import type { Logger } from '@nestjs/common';
import type { ConnectionsError } from '../../errors/index.js';
import type { WebhookAuthenticator } from '../../webhooks/authentication/webhook-authenticator.service.js';
import { collectBody, cut, tooLarge } from '../input/collect-body.js';
import type { Incoming } from './adapter-hooks.js';
import { BodyBudget } from './body-budget.js';
import { isUnread, unread } from './webhook-request.js';

/** Reads the raw bytes of webhooks, within what this process may hold. */
export class WebhookBodies {
  readonly #budget: BodyBudget | null;

  constructor(
    private readonly authenticator: WebhookAuthenticator,
    private readonly logger: Logger,
  ) {
    this.#budget = authenticator.isOpen ? new BodyBudget(authenticator.webhooks.maxBytes) : null;
  }

  /** @throws WebhookError; ConnectionsError `busy` while too much is held already */
  async read(incoming: Incoming, limits: { maxBytes: number; source: string }): Promise<Buffer[]> {
    return isUnread(incoming.body)
      ? this.collect(incoming, limits)
      : this.keptBytes(incoming, limits.maxBytes);
  }

  /** Counts the bytes that a request holds until it is answered. Many may start at once, so each chunk is counted, not each start. */
  private async collect(
    { body, response }: Incoming,
    { maxBytes, source }: { maxBytes: number; source: string },
  ): Promise<Buffer[]> {
    const held = this.#budget?.open(source);
    response.once('close', () => held?.release());
    const timeoutMs = this.authenticator.webhooks.bodyTimeoutSeconds * 1000;
    const hold = (bytes: number): ConnectionsError | null => held?.hold(bytes) ?? null;
    const limit = { maxBytes, timeoutMs, hold, ...(held === undefined ? {} : { signal: held.signal }) };
    try {
      const chunks = await collectBody(body, limit);
      held?.complete();
      return chunks;
    } catch (error) {
      held?.release();
      throw error;
    }
  }

  /** Some platforms read the body first, and keep its bytes on the request. The signature proves that they are right. */
  private keptBytes({ request, body }: Incoming, maxBytes: number): Buffer[] {
    if (body.readableAborted) {
      throw cut();
    }
    const { rawBody } = request;
    if (!Buffer.isBuffer(rawBody)) {
      this.logger.error(
        'The body of a webhook was read before it got here, and its signature cannot be checked. Create the application ' +
          'with NestFactory.create(AppModule), without an Express or Fastify instance that parses bodies already, or let ' +
          'what reads them set request.rawBody.',
      );
      throw unread();
    }
    if (rawBody.length > maxBytes) {
      throw tooLarge();
    }
    return [rawBody];
  }
}
