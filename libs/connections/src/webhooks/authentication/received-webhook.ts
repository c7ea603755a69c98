import type { IncomingHttpHeaders } from 'node:http';
import { Secret } from '../../values/secrets/secret.js';
import type { RawBody } from '../body/raw-body.js';
import type { ReadSignature, SignatureHeaders } from './signature.js';

/**
 * The `Authorization` of a webhook: by default the user's permanent access token, the most secret value there is.
 *
 * @see WH-11
 * @internal
 */
export class WebhookAuthorization extends Secret {
  /** @param header - the header's value, whole */
  static of(header: string): WebhookAuthorization {
    return new WebhookAuthorization(header);
  }

  /** Lends what stands after `Bearer`; null for anything that is not a bearer token. */
  useBearer<T>(reveal: (token: string) => T): T | null {
    return this.use((header) => {
      const [, token] = /^Bearer ([\x21-\x7e]{1,4096})$/i.exec(header) ?? [];
      return token === undefined ? null : reveal(token);
    });
  }
}

/** The parts of a request that authenticate its sender. */
export interface WebhookCredentials {
  readonly signature: SignatureHeaders;
  readonly authorization: WebhookAuthorization | null;
}

/** Reads the parts of a request that authenticate its sender. */
export function credentialsOf(headers: IncomingHttpHeaders): WebhookCredentials {
  const { authorization } = headers;
  return {
    signature: { signature: headers['bi-signature'], date: headers['bi-signature-date'] },
    authorization: authorization === undefined ? null : WebhookAuthorization.of(authorization),
  };
}

/**
 * What the headers prove, read once, when they arrive: a signature that the body must match, a token that this application issued,
 * or a bearer that must be the token of the user that the body names.
 *
 * @internal
 */
export type SenderProof =
  | { readonly type: 'hmac'; readonly signature: ReadSignature }
  | { readonly type: 'oauth' }
  | { readonly type: 'bearer'; readonly authorization: WebhookAuthorization };

/**
 * A webhook as received. Its body is not verified yet.
 *
 * @internal
 */
export interface ReceivedWebhook {
  /** Null for a request whose headers were not checked as those of a webhook. */
  readonly proof: SenderProof | null;
  /** Path of the webhooks that the signature must name, without the last segment. */
  readonly signedBelow: string;
  /** Last segment of the path, as `connection-synced`. */
  readonly segment: string;
  /** Address of the sender, as far as the adapter of the host knows it. Decides about shares of work, not about trust. */
  readonly source: string;
  readonly body: RawBody;
}
