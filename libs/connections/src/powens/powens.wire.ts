/**
 * What Powens documents on the wire, in its own spelling. These names are used in this folder only. Every field is
 * `unknown` until a parser has checked it: an answer may differ from the documentation.
 */

/**
 * Answer of `POST /auth/token/access`, `POST /auth/renew` (`access_token`) and `POST /auth/init` (`auth_token`); one
 * guide shows `token`.
 *
 * @see https://docs.powens.com/api-reference/overview/authentication
 * @internal
 */
export interface WireTokenAnswer {
  readonly access_token?: unknown;
  readonly auth_token?: unknown;
  readonly token?: unknown;
  readonly token_type?: unknown;
  /** `permanent` or `temporary`; `POST /auth/init` only. */
  readonly type?: unknown;
  /** `POST /auth/init` only. */
  readonly id_user?: unknown;
}

/**
 * Answer of `GET /auth/token/code`.
 *
 * @see https://docs.powens.com/api-reference/overview/authentication
 * @internal
 */
export interface WireCodeAnswer {
  readonly code?: unknown;
}

/**
 * Answer of `GET /users/me`.
 *
 * @see https://docs.powens.com/api-reference/user-connections/users
 * @internal
 */
export interface WireUser {
  readonly id?: unknown;
  readonly signin?: unknown;
}

/**
 * A connection, with `expand=connector,sources`.
 *
 * @see https://docs.powens.com/api-reference/user-connections/connections
 * @internal
 */
export interface WireConnection {
  readonly id?: unknown;
  readonly id_user?: unknown;
  readonly connector_uuid?: unknown;
  readonly connector?: unknown;
  readonly sources?: unknown;
  readonly state?: unknown;
  readonly created?: unknown;
  readonly last_update?: unknown;
  readonly expire?: unknown;
}

/**
 * One of the ways a connection gets its data. Each has a consent of its own.
 *
 * @see https://docs.powens.com/api-reference/user-connections/connections
 * @internal
 */
export interface WireSource {
  /** DateTime since when it is not used, or null. */
  readonly disabled?: unknown;
  readonly access_expire?: unknown;
}

/**
 * The error object.
 *
 * @see https://docs.powens.com/api-reference/overview/errors
 * @internal
 */
export interface WireError {
  readonly code?: unknown;
  readonly description?: unknown;
  /** An integer, a string, or null. */
  readonly request_id?: unknown;
  /** Seen in practice instead of `request_id`. */
  readonly requestId?: unknown;
}

/**
 * Credentials of the client application; also the whole body of `POST /auth/init`.
 *
 * @see https://docs.powens.com/api-reference/overview/authentication
 * @internal
 */
export interface WireCredentials {
  readonly client_id: string;
  readonly client_secret: string;
}

/**
 * Body of `POST /auth/token/access`.
 *
 * @see https://docs.powens.com/api-reference/overview/authentication
 * @internal
 */
export interface WireCodeExchange extends WireCredentials {
  readonly grant_type: 'authorization_code';
  readonly code: string;
  /** Not on the reference page, but in the official SDK. */
  readonly redirect_uri?: string;
}

/**
 * Body of `POST /auth/renew`, less `id_user`.
 *
 * @see https://docs.powens.com/api-reference/overview/authentication
 * @internal
 */
export interface WireRenewal extends WireCredentials {
  readonly grant_type: 'client_credentials';
  readonly revoke_previous: boolean;
}
