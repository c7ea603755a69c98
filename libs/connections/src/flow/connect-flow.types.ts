import type { AccessToken } from '../values/access-token.js';
import type { OwnerAccount } from '../values/owner-account.js';

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
  /** ISO 3166 alpha-2. */
  readonly country?: string;
  /** Language of the webview. */
  readonly lang?: string;
  /** Above 1, the webview offers to add another connection. */
  readonly maxConnections?: number;
  /** Where to land: a path of the own origin, or the name of a configured target. */
  readonly returnTo?: string;
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

/** The token that an attempt works with. */
export interface Grant {
  readonly token: AccessToken;
  /** Null for a token just exchanged: whose it is must be read first (OA-14). */
  readonly account: OwnerAccount | null;
}
