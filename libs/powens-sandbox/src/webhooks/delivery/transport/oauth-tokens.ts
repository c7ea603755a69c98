import type { WebhookAuth } from '../../../store/webhook.records.js';
import type { HttpSender } from './http-sender.js';

type OauthAuth = Extract<WebhookAuth, { type: 'oauth' }>;

interface CachedToken {
  token: string;
  /** In real time: the server that gave it knows no other clock. */
  expiresAt: number;
}

/** An answer of the token endpoint is short. */
const KEEP_BYTES = 64 * 1024;

/**
 * Tokens that receivers give out for their own webhooks: fetched by client credentials, used until they expire.
 *
 * @see protocol notes, section 7.4
 */
export class OauthTokens {
  private readonly tokens = new Map<string, CachedToken>();

  constructor(private readonly sender: HttpSender) {}

  /** A token for this receiver; throws when it gives none. */
  async tokenFor(auth: OauthAuth, timeoutMs: number): Promise<string> {
    const known = this.tokens.get(keyOf(auth));
    if (known !== undefined && known.expiresAt > Date.now()) {
      return known.token;
    }
    const fetched = await this.fetch(auth, timeoutMs);
    this.tokens.set(keyOf(auth), fetched);
    return fetched.token;
  }

  /** Forgets the token of a receiver that did not recognise it. */
  forget(auth: OauthAuth): void {
    this.tokens.delete(keyOf(auth));
  }

  private async fetch(auth: OauthAuth, timeoutMs: number): Promise<CachedToken> {
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: auth.clientId,
      client_secret: auth.clientSecret,
      ...(auth.scope === null ? {} : { scope: auth.scope }),
    });
    const answer = await this.sender.post({
      url: new URL(auth.url),
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: [Buffer.from(form.toString())],
      timeoutMs,
      keepBytes: KEEP_BYTES,
    });
    if (answer.status !== 200) {
      throw new Error(`the token endpoint answered ${answer.status ?? answer.error ?? 'nothing'}`);
    }
    return readToken(answer.text);
  }
}

function keyOf({ url, clientId, clientSecret, scope }: OauthAuth): string {
  return JSON.stringify([url, clientId, clientSecret, scope]);
}

function readToken(text: string): CachedToken {
  let answer: { access_token?: unknown; expires_in?: unknown } | null;
  try {
    answer = JSON.parse(text) as { access_token?: unknown; expires_in?: unknown } | null;
  } catch {
    throw new Error('the token endpoint did not answer with JSON');
  }
  if (typeof answer?.access_token !== 'string') {
    throw new Error('the token endpoint answered without access_token');
  }
  const seconds = typeof answer.expires_in === 'number' ? answer.expires_in : Infinity;
  return { token: answer.access_token, expiresAt: Date.now() + seconds * 1000 };
}
