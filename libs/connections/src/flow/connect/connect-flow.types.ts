import type { ConnectionMetadata } from '../../values/metadata.js';

/**
 * What a start may ask of the webview.
 *
 * @see https://docs.powens.com/api-reference/overview/webview
 * @public
 */
export interface StartRequest {
  /** Connectors to choose from; one skips the picker. */
  readonly connectorUuids?: readonly string[];
  /** As `connectorUuids`, by the deprecated numeric id. */
  readonly connectorIds?: readonly string[];
  /** `bank`, `bankwealth`, `document`; several must all be there. Billing providers need `document`. */
  readonly capabilities?: readonly string[];
  /** Types of bank accounts, as `checking`, `card`. */
  readonly accountTypes?: readonly string[];
  /** `priv` or `orga`. */
  readonly accountUsages?: readonly string[];
  /** IBANs of the accounts to activate; others stay disabled. */
  readonly accountIbans?: readonly string[];
  /** Values to fill in, by connector and field; they show in the URL. */
  readonly connectorFields?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** ISO 3166 alpha-2. */
  readonly country?: string;
  /** Language of the webview. */
  readonly lang?: string;
  /** Above 1, the webview offers to add another connection. */
  readonly maxConnections?: number;
  /** Where to land: a path of the own origin, or the name of a configured target. */
  readonly returnTo?: string;
  /**
   * What the connections that come out of it carry from the start, as told by `connection.created`. For callers of the
   * service: the routes take none, a browser must not set it.
   *
   * @see F4
   */
  readonly metadata?: ConnectionMetadata;
}

/**
 * What a reconnect may ask of the webview.
 *
 * @public
 */
export interface ReconnectRequest {
  /** Language of the webview. */
  readonly lang?: string;
  /** Where to land: a path of the own origin, or the name of a configured target. */
  readonly returnTo?: string;
  /** Asks for all credentials anew, not only for what is missing. */
  readonly resetCredentials?: boolean;
  /** With `resetCredentials`: the sources to ask for, as `openapi`. */
  readonly connectionSources?: readonly string[];
}

/**
 * What the manage page may be asked for.
 *
 * @public
 */
export interface ManageRequest {
  /** Language of the webview. */
  readonly lang?: string;
  /** Where to land: a path of the own origin, or the name of a configured target. */
  readonly returnTo?: string;
  /** Opens directly on this connection (uuid). */
  readonly connectionId?: string;
  /** `bank`, `bankwealth`, `document`: what connections added there must offer. */
  readonly capabilities?: readonly string[];
}

/**
 * An attempt that was started. The URL is for the browser that gets the binding, and for no other.
 *
 * @public
 */
export interface StartedAttempt {
  readonly attemptId: string;
  /** Of the webview. A secret of this browser: do not log, mail or cache it (OA-31). */
  readonly url: string;
  /** When the attempt ends. */
  readonly expiresAt: Date;
  /** Value of the binding cookie. */
  readonly binding: string;
}

/**
 * What became of a callback.
 *
 * @internal
 */
export interface Completed {
  /** Where the browser lands. */
  readonly url: string;
  /** Where it begins anew, of an attempt whose outcome nobody knows; null of every other one. */
  readonly againUrl: string | null;
}
