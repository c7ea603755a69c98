import { Inject, Injectable } from '@nestjs/common';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { ConnectionsError, WebhookError } from '../../errors/index.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import type { ResolvedWebhookAuth, ResolvedWebhooks } from '../../options/resolve/resolved-webhooks.js';
import { isSameText, isWebhookToken, mintWebhookToken } from './oauth-token.js';
import type { WebhookCredentials } from './received-webhook.js';
import { WebhookClock } from './webhook-clock.service.js';
import { readSignature, SignedMessage, type ReadSignature } from './signature.js';

/** An issued token, as RFC 6749 section 5.1 writes it. */
export interface WebhookToken {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  readonly expires_in: number;
}

/**
 * Authenticates the sender of a webhook, as far as that is possible without the data of a user.
 *
 * @internal
 */
@Injectable()
export class WebhookAuthenticator {
  readonly #webhooks: ResolvedWebhooks | null;

  constructor(
    @Inject(RESOLVED_OPTIONS) options: Pick<ResolvedOptions, 'webhooks'>,
    private readonly clock: WebhookClock,
  ) {
    this.#webhooks = options.webhooks;
  }

  /** Whether the host receives webhooks at all. */
  get isOpen(): boolean {
    return this.#webhooks !== null;
  }

  /**
   * The options.
   *
   * @throws ConnectionsError `not_found` when there are none
   */
  get webhooks(): ResolvedWebhooks {
    if (this.#webhooks === null) {
      throw new ConnectionsError(
        'not_found',
        'This application receives no webhooks: its option "webhooks" is not set.',
      );
    }
    return this.#webhooks;
  }

  /**
   * Checks the headers alone, before a byte of the body is read: a sender that cannot have signed is refused at once.
   *
   * @throws WebhookError `webhook_refused`
   */
  verifyHeaders(credentials: WebhookCredentials): void {
    const { auth } = this.webhooks;
    if (auth.type === 'hmac') {
      this.readOrRefuse(credentials, auth);
    } else if (auth.type === 'oauth') {
      this.assertToken(credentials, auth.clientSecret);
    } else if (credentials.authorization?.useBearer(() => true) !== true) {
      throw WebhookError.refused('bearer');
    }
  }

  /**
   * Begins the check of a signature, which receives the bytes as they arrive.
   *
   * @param path - of the URL registered at Powens
   * @throws WebhookError `webhook_refused` when the headers alone are wrong, or nothing is signed at all
   */
  signatureOf(credentials: WebhookCredentials, path: string): SignatureCheck {
    const { auth } = this.webhooks;
    if (auth.type !== 'hmac') {
      throw WebhookError.refused('signature');
    }
    const read = this.readOrRefuse(credentials, auth);
    const message = new SignedMessage(auth.secrets, path, read.date);
    return { update: (chunk) => message.update(chunk), isGood: () => message.matches(read.digest) };
  }

  /**
   * Checks a token request before its body is read.
   *
   * @throws ConnectionsError `not_found` where no tokens are issued
   */
  assertGivesTokens(): void {
    this.tokens();
  }

  /**
   * Issues a token to Powens.
   *
   * @throws WebhookError `webhook_refused` for another client; ConnectionsError `not_found` where no tokens are issued
   */
  tokenFor(client: { id: string; secret: string; grantType: string }): WebhookToken {
    const auth = this.tokens();
    // Compares both, whatever the result of the first.
    const same = [isSameText(client.id, auth.clientId), isSameText(client.secret, auth.clientSecret)];
    if (same.includes(false) || client.grantType !== 'client_credentials') {
      throw WebhookError.refused('client');
    }
    const { tokenLifetimeSeconds, clientSecret } = auth;
    const sealing = { secret: clientSecret, nowMs: this.clock.nowMs() };
    return {
      access_token: mintWebhookToken(sealing, tokenLifetimeSeconds),
      token_type: 'Bearer',
      expires_in: tokenLifetimeSeconds,
    };
  }

  private readOrRefuse(
    { signature }: WebhookCredentials,
    { toleranceSeconds }: { toleranceSeconds: number },
  ): ReadSignature {
    const read = readSignature(signature, toleranceSeconds, this.clock.nowMs());
    if (read === null) {
      throw WebhookError.refused('signature_headers');
    }
    return read;
  }

  private tokens(): Extract<ResolvedWebhookAuth, { type: 'oauth' }> {
    const { auth } = this.webhooks;
    if (auth.type !== 'oauth') {
      throw new ConnectionsError('not_found', 'This application gives out no tokens for webhooks.');
    }
    return auth;
  }

  private assertToken({ authorization }: WebhookCredentials, secret: string): void {
    const good = authorization?.useBearer((token) =>
      isWebhookToken(token, { secret, nowMs: this.clock.nowMs() }),
    );
    if (good !== true) {
      throw WebhookError.refused('bearer');
    }
  }
}

/** Receives the bytes of a body, then returns whether their signature is valid. */
export interface SignatureCheck {
  update(chunk: Uint8Array): unknown;
  isGood(): boolean;
}
