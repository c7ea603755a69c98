/**
 * Every code that this library answers, throws or stores on an attempt. Codes are public API:
 * adding one is a minor change, renaming one is a major change. See `docs/errors.md`.
 *
 * @public
 */
export const CONNECTIONS_ERROR_CODES = [
  /** An option is missing or contradictory; raised at boot only. */
  'configuration_invalid',
  /** The library's tables are not in the database; raised at boot only. */
  'schema_missing',
  /** The body or query of a request does not fit its documented shape. */
  'invalid_request',
  /** `returnTo` would leave the application's own origin. */
  'return_to_refused',
  /** A flow was started from another site. */
  'cross_site_refused',
  /** The route does not answer this method, or the request is a prefetch. */
  'method_not_allowed',
  /** The host's guard or owner resolver found no owner for this request. */
  'unauthenticated',
  /** The host's guard refused the request. */
  'forbidden',
  /** No such thing for this owner; another owner's id answers the same. */
  'not_found',
  /** Too many requests. */
  'rate_limited',
  /** The callback's state is missing, malformed, unknown, foreign, replayed or expired. Uniform on purpose. */
  'callback_refused',
  /** The callback lacks what its flow promises: the code, or the connection. */
  'callback_incomplete',
  /** The owner has no usable access token. */
  'not_connected',
  /** Powens no longer accepts the owner's access token, and it may not be renewed without the owner. */
  'needs_reauth',
  /** The owner completed another attempt first; starting again uses the access token kept. */
  'owner_already_connected',
  /** Powens no longer has a user under the owner's number; the owner is compared with Powens at once. */
  'powens_user_not_found',
  /** Another request or process is changing the same object: try again in a moment. */
  'busy',
  /** Powens refuses to synchronise now: it just did, or is about to. */
  'sync_refused',
  /** The Powens user belongs to another owner of this application. */
  'owner_conflict',
  /** The connection named by the callback is not one of this Powens user. */
  'connection_not_found',
  /** Powens refused the authorization code. */
  'code_refused',
  /** The bank refused the credentials or the one-time code (custom connections only). */
  'credentials_refused',
  /** Powens could not be reached; the request was certainly not processed. */
  'powens_unreachable',
  /** Powens did not answer in time, or the link was cut; the outcome is unknown. */
  'powens_timeout',
  /** Powens answered 4xx. */
  'powens_refused',
  /** Powens answered 5xx. */
  'powens_failed',
  /** Powens answered something that its documentation does not allow. */
  'powens_response_invalid',
  /** The end user cancelled in the webview. */
  'access_denied',
  /** The webview reported a technical failure. */
  'server_error',
  /** The end user refused the terms of service. */
  'tos_declined',
  /** The webview session expired. */
  'session_expired',
  /** The webview reported an error word this version does not know. */
  'provider_error',
  /** The attempt was not completed in time. */
  'attempt_expired',
  /** The process that completed the attempt crashed; whether Powens processed the code is unknown. */
  'outcome_unknown',
  /** A webhook does not prove that Powens sent it. Uniform on purpose. */
  'webhook_refused',
  /** The body of a webhook did not arrive in time. */
  'webhook_timeout',
  /** A webhook is larger than allowed, on the wire or inflated. */
  'webhook_too_large',
  /** A webhook is compressed with something other than gzip. */
  'webhook_encoding_refused',
  /** A webhook's body was cut, or is not what its `content-encoding` says. */
  'webhook_unreadable',
  /** The encryption key that sealed a value is not in the key ring. */
  'key_unavailable',
  /** The host's resolver did not give the keys of a tenant. Other tenants are not affected. */
  'tenant_unavailable',
  /** A stored Powens user belongs to another Powens domain or client application than the configured one. */
  'provider_mismatch',
  /** A sealed value, or a column bound to it, was changed outside of this library. */
  'token_tampered',
  /** The database refused or lost the transaction. */
  'storage_failed',
  /** The link to the database broke during COMMIT: the transaction may or may not be durable. */
  'commit_outcome_unknown',
  /** The publisher of events, or its broker, does not answer; events wait, and no try is counted. Only thrown by publishers. */
  'publisher_unavailable',
  /** The publisher of events answers, and does not take this event. Only thrown by publishers. */
  'publisher_refused',
  /** A fault of this library. */
  'internal_error',
] as const;

/**
 * The closed union of error codes.
 *
 * @public
 */
export type ConnectionsErrorCode = (typeof CONNECTIONS_ERROR_CODES)[number];
