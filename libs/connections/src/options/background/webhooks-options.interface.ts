/**
 * HMAC signatures: `BI-Signature` and `BI-Signature-Date`. The recommended way: it fits events without a user, and no
 * token travels.
 *
 * @see https://docs.powens.com/documentation/integration-guides/webhooks
 * @public
 */
export interface HmacWebhookAuth {
  type: 'hmac';
  /**
   * The `secret_key` of the authentication provider, shown once when it was created. During a rotation give both, in any
   * order.
   */
  secrets: string | readonly string[];
  /**
   * Seconds that `BI-Signature-Date` may lie in the past or in the future. Widen it when deliveries that are sent again
   * keep their first date: a repeated delivery is recognised regardless of its date.
   *
   * @defaultValue 300
   */
  toleranceSeconds?: number;
}

/**
 * The user's own permanent token as bearer: the default of Powens. Only for events of a user whose
 * token is kept here. The header is taken off the request before anything can log it.
 *
 * @public
 */
export interface BearerWebhookAuth {
  type: 'bearer';
}

/**
 * OAuth 2 client credentials: Powens fetches a token at `POST {path}/webhooks/token` and sends it as bearer.
 *
 * @see RFC 6749 section 4.4
 * @public
 */
export interface OAuthWebhookAuth {
  type: 'oauth';
  /** What is registered at Powens as `client_id`. */
  clientId: string;
  /** What is registered at Powens as `client_secret`: 32 characters or more. It also seals the issued tokens. */
  clientSecret: string;
  /**
   * Seconds for which an issued token is valid.
   *
   * @defaultValue 3600
   */
  tokenLifetimeSeconds?: number;
}

/**
 * Webhooks of Powens. Absent, their routes answer 404.
 *
 * @public
 */
export interface WebhooksOptions {
  /** How Powens proves itself. Nothing that is not verified is stored. */
  auth: HmacWebhookAuth | BearerWebhookAuth | OAuthWebhookAuth;
  /**
   * Path that Powens signs, without the event: that of the URL registered there. Set it when a proxy rewrites paths.
   *
   * @defaultValue the path of the routes as browsers see it, `/connections/webhooks`
   */
  signedPath?: string;
  /**
   * Bytes that a delivery may have on the wire. One process holds at most eight of the largest, and 32 MiB of those of up to
   * 64 KiB; a source that holds less than others is served first.
   *
   * @defaultValue 20971520 (20 MiB)
   */
  maxBytes?: number;
  /**
   * Seconds within which the whole body of a delivery must arrive. A slower sender is answered 408.
   *
   * @defaultValue 30
   */
  bodyTimeoutSeconds?: number;
  /**
   * Bytes that a compressed delivery may have once it is inflated.
   *
   * @defaultValue 52428800 (50 MiB)
   */
  maxInflatedBytes?: number;
  /**
   * Processes deliveries in this process. Deliveries are stored either way; switch it off when another process processes them.
   *
   * @defaultValue true
   */
  processing?: boolean;
  /**
   * Milliseconds between two polls of the inbox when nothing arrived here.
   *
   * @defaultValue 1000
   */
  pollIntervalMs?: number;
  /**
   * Deliveries processed at once, by one process.
   *
   * @defaultValue 4
   */
  concurrency?: number;
  /**
   * Number of times a delivery is tried before it becomes a dead letter (`dead`). While Powens or the database is away, it is tried
   * for `unknownHours` at least.
   *
   * @defaultValue 20
   */
  maxTries?: number;
  /**
   * Hours for which a delivery about an unknown user or connection is retried before it is `parked`, and one that an outage prevents
   * before it is `dead`.
   *
   * @defaultValue 24
   */
  unknownHours?: number;
  /**
   * Days for which bodies are kept for `WebhookPayloads`. The row itself stays for 30 days, so that a repeated delivery is
   * recognised; with 0 no body is kept at all.
   *
   * @defaultValue 7
   */
  bodyRetentionDays?: number;
}
