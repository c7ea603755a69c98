import {
  Inject,
  Injectable,
  type Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import sql from 'sql-template-tag';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { ConnectionsDatabase } from '../../database/connections-database.js';
import { epochMs, timeOf, type EpochMs } from '../../database/sql.js';
import { ConnectionsError, WebhookError } from '../../errors/index.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import type {
  ResolvedWebhookAuth,
  ResolvedWebhooks,
} from '../../options/resolve/webhooks/resolved-webhooks.js';
import { isSameText, isWebhookToken, mintWebhookToken } from './oauth-token.js';
import type { SenderProof, WebhookCredentials } from './received-webhook.js';
import { readSignature, SignedMessage, type ReadSignature } from './signature.js';
import { loggerOf } from '../../options/registration/logger-of.js';

const MEASURED_EVERY_MS = 60_000;
/** Offset from which the log warns the operator. */
const WARNED_FROM_MS = 60_000;

/**
 * An issued token, as RFC 6749 section 5.1 writes it.
 *
 * @public
 */
export interface WebhookToken {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  readonly expires_in: number;
}

/**
 * Authenticates the sender of a webhook, as far as that is possible without the data of a user. Dates of signatures and ends of tokens
 * are compared with the time of the database, which all replicas share, so that a replica whose own clock is off takes the same
 * webhooks as the others (RL-24). The offset is measured at boot and once a minute, not per webhook.
 *
 * @internal
 */
@Injectable()
export class WebhookAuthenticator implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger: Logger;
  readonly #webhooks: ResolvedWebhooks | null;
  #offsetMs = 0;
  #isWarned = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(RESOLVED_OPTIONS) options: Pick<ResolvedOptions, 'instance' | 'webhooks'>,
    private readonly database: ConnectionsDatabase,
  ) {
    this.#logger = loggerOf('ConnectionsWebhooks', options);
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
      const read = readSignature(signature, auth.toleranceSeconds, this.nowMs());
      if (read === null) {
        throw WebhookError.refused('signature_headers');
      }
      return { type: 'hmac', signature: read };
    }
    const isGood = (token: string): boolean =>
      auth.type === 'bearer' || isWebhookToken(token, { secret: auth.clientSecret, nowMs: this.nowMs() });
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
    const sealing = { secret: clientSecret, nowMs: this.nowMs() };
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

  /** Milliseconds since 1970, by the clock of the database. */
  nowMs(): number {
    return new Date().getTime() + this.#offsetMs;
  }

  /** Measures at once, then periodically. */
  async onApplicationBootstrap(): Promise<void> {
    if (this.#webhooks === null || this.#webhooks.auth.type === 'bearer') {
      return;
    }
    await this.measure();
    this.#timer = setInterval(() => {
      this.measure().catch(() => undefined);
    }, MEASURED_EVERY_MS);
    this.#timer.unref();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  /** Measures the offset; the last one holds while the database cannot be asked. */
  async measure(): Promise<void> {
    const before = new Date().getTime();
    try {
      const [row] = await this.database.query<{ now_ms: EpochMs }>(
        sql`SELECT ${epochMs(sql`clock_timestamp()`)} AS now_ms`,
      );
      const after = new Date().getTime();
      // An answer that took long says little; the middle of a short one is near enough for a tolerance of minutes.
      if (row !== undefined && after >= before && after - before < WARNED_FROM_MS / 2) {
        this.#offsetMs = Math.round(timeOf(row.now_ms).getTime() - (before + after) / 2);
        this.warn();
      }
    } catch {
      this.#logger.warn('The clock of the database cannot be read; the offset measured last is used.');
    }
  }

  private warn(): void {
    const isOff = Math.abs(this.#offsetMs) > WARNED_FROM_MS;
    if (isOff && !this.#isWarned) {
      this.#logger.warn(
        `The clock of this process is ${Math.round(Math.abs(this.#offsetMs) / 1000)} s ` +
          `${this.#offsetMs > 0 ? 'behind' : 'ahead of'} that of the database. Webhooks are judged by the database; ` +
          'synchronise the clock of this machine.',
      );
    }
    this.#isWarned = isOff;
  }
}

/** Receives the bytes of a body, then returns whether their signature is valid. */
export interface SignatureCheck {
  update(chunk: Uint8Array): unknown;
  isGood(): boolean;
}
