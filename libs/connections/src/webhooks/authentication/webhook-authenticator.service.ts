import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { ConnectionsDatabase } from '../../database/connections-database.js';
import { ConnectionsError, WebhookError } from '../../errors/index.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import type {
  ResolvedWebhookAuth,
  ResolvedWebhooks,
} from '../../options/resolve/webhooks/resolved-webhooks.js';
import { DatabaseClock } from './database-clock.js';
import { isSameText, isWebhookToken, mintWebhookToken, type WebhookToken } from './oauth-token.js';
import type { SenderProof, WebhookCredentials } from './received-webhook.js';
import { readSignature, type ReadSignature, type SignatureCheck, SignedMessage } from './signature.js';
import { loggerOf } from '../../options/registration/logger-of.js';

/**
 * Authenticates the sender of a webhook, as far as that is possible without the data of a user. Dates of signatures and ends of tokens
 * are compared with the time of the database, which all replicas share, so that a replica whose own clock is off takes the same
 * webhooks as the others (RL-24).
 *
 * @internal
 */
@Injectable()
export class WebhookAuthenticator implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #webhooks: ResolvedWebhooks | null;
  readonly #clock: DatabaseClock;

  constructor(
    @Inject(RESOLVED_OPTIONS) options: Pick<ResolvedOptions, 'instance' | 'webhooks'>,
    database: ConnectionsDatabase,
  ) {
    this.#clock = new DatabaseClock(database, loggerOf('ConnectionsWebhooks', options));
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
   * @returns what they prove
   * @throws WebhookError `webhook_refused`
   */
  verifyHeaders({ signature, authorization }: WebhookCredentials): SenderProof {
    const { auth } = this.webhooks;
    if (auth.type === 'hmac') {
      const read = readSignature(signature, auth.toleranceSeconds, this.#clock.nowMs());
      if (read === null) {
        throw WebhookError.refused('signature_headers');
      }
      return { type: 'hmac', signature: read };
    }
    const isGood = (token: string): boolean =>
      auth.type === 'bearer' ||
      isWebhookToken(token, { secret: auth.clientSecret, nowMs: this.#clock.nowMs() });
    if (authorization?.useBearer(isGood) !== true) {
      throw WebhookError.refused('bearer');
    }
    return auth.type === 'bearer' ? { type: 'bearer', authorization } : { type: 'oauth' };
  }

  /**
   * Begins the check of a signature, which receives the bytes as they arrive.
   *
   * @param path - of the URL registered at Powens
   * @throws WebhookError `webhook_refused` when nothing is signed at all
   */
  signatureOf({ digest, date }: ReadSignature, path: string): SignatureCheck {
    const { auth } = this.webhooks;
    if (auth.type !== 'hmac') {
      throw WebhookError.refused('signature');
    }
    const message = new SignedMessage(auth.secrets, path, date);
    return { update: (chunk) => message.update(chunk), isGood: () => message.matches(digest) };
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
    const sealing = { secret: clientSecret, nowMs: this.#clock.nowMs() };
    return {
      access_token: mintWebhookToken(sealing, tokenLifetimeSeconds),
      token_type: 'Bearer',
      expires_in: tokenLifetimeSeconds,
    };
  }

  private tokens(): Extract<ResolvedWebhookAuth, { type: 'oauth' }> {
    const { auth } = this.webhooks;
    if (auth.type !== 'oauth') {
      throw new ConnectionsError('not_found', 'This application gives out no tokens for webhooks.');
    }
    return auth;
  }

  /** Where dates are compared, measures the clock. */
  async onApplicationBootstrap(): Promise<void> {
    if (this.#webhooks !== null && this.#webhooks.auth.type !== 'bearer') {
      await this.#clock.start();
    }
  }

  beforeApplicationShutdown(): void {
    this.#clock.stop();
  }
}
