import { Injectable } from '@nestjs/common';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { SandboxStore } from '../../../store/sandbox.store.js';
import type {
  WebhookAuth,
  WebhookDataRecord,
  WebhookRegistrationRecord,
  WebhookSettings,
} from '../../../store/webhook.records.js';
import { bodyOf } from '../../payloads/transaction-filler.js';
import { WebhookRegistry } from '../../registry/webhook-registry.service.js';
import { HttpSender } from './http-sender.js';
import type { PostResult } from './http-sender.js';
import { OauthTokens } from './oauth-tokens.js';
import { webhookSignature } from './webhook-signature.js';
import { WebhookSettingsService } from '../../registry/webhook-settings.service.js';

const compress = promisify(gzip);

/** One attempt to be made. */
export interface Errand {
  data: WebhookDataRecord;
  registration: WebhookRegistrationRecord;
  /** `BI-Signature-Date`. */
  date: string;
}

interface PackedBody {
  sent: readonly Uint8Array[];
  signed: readonly Uint8Array[];
  headers: Record<string, string>;
}

/**
 * Carries one message to one URL: the body is written once, and the bytes that are signed are the bytes that are sent.
 *
 * @see protocol notes, section 7.3 and 7.4
 */
@Injectable()
export class WebhookSender {
  private readonly sender = new HttpSender();
  private readonly oauth = new OauthTokens(this.sender);

  constructor(
    private readonly store: SandboxStore,
    private readonly registry: WebhookRegistry,
    private readonly settings: WebhookSettingsService,
  ) {}

  /** Makes one attempt; never rejects. */
  async carry(errand: Errand): Promise<PostResult> {
    const auth = this.registry.authOf(errand.registration);
    try {
      const body = await pack(errand.data, this.settings.read());
      const result = await this.send(errand, auth, body);
      if (result.status !== 401 || auth.type !== 'oauth') {
        return result;
      }
      // The receiver may have forgotten its token before its time; once, a fresh one is tried.
      this.oauth.forget(auth);
      return await this.send(errand, auth, body);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return { status: null, error: reason, isTimeout: false, text: '' };
    }
  }

  /** Cuts what is under way. */
  close(): void {
    this.sender.close();
  }

  private async send(errand: Errand, auth: WebhookAuth, body: PackedBody): Promise<PostResult> {
    const { timeoutMs, userAgent } = this.settings.read();
    return this.sender.post({
      url: new URL(errand.registration.url),
      headers: {
        accept: '*/*',
        'user-agent': userAgent,
        'content-type': 'application/json; charset=utf-8',
        ...body.headers,
        ...(await this.credentials(errand, auth, body.signed)),
      },
      body: body.sent,
      timeoutMs,
    });
  }

  private async credentials(
    { data, registration, date }: Errand,
    auth: WebhookAuth,
    body: readonly Uint8Array[],
  ): Promise<Record<string, string>> {
    switch (auth.type) {
      case 'none':
        return {};
      case 'bearer':
        return bearer(this.userToken(data.idUser));
      case 'oauth':
        return bearer(await this.oauth.tokenFor(auth, this.settings.read().timeoutMs));
      case 'hmac_signature': {
        const path = new URL(registration.url).pathname;
        const signature = webhookSignature(auth.secret, { method: 'POST', path, date, body });
        return { 'BI-Signature-Date': date, 'BI-Signature': signature };
      }
    }
  }

  /** The most recent permanent token; of a deleted user, the last one. */
  private userToken(idUser: number | null): string | undefined {
    const tokens = idUser === null ? [] : this.store.tokens.ownedBy(idUser);
    const permanent = tokens.filter((one) => one.kind === 'permanent');
    return (permanent.findLast((one) => !one.revoked) ?? permanent.at(-1))?.token;
  }
}

function bearer(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

async function pack(data: WebhookDataRecord, settings: WebhookSettings): Promise<PackedBody> {
  const plain = await bodyOf(data);
  if (!settings.gzip) {
    return { sent: plain, signed: plain, headers: {} };
  }
  const sent = [await compress(Buffer.concat(plain))];
  const signed = settings.signs === 'compressed' ? sent : plain;
  return { sent, signed, headers: { 'content-encoding': 'gzip' } };
}
