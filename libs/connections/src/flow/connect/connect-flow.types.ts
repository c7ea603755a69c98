import type { ConnectionMetadata } from '../../values/metadata.js';
import type { Owner } from '../../values/owner.js';

/**
 * Options of a start.
 *
 * @see https://docs.powens.com/api-reference/overview/webview
 * @public
 */
export interface StartRequest {
  /** Connectors to choose from; one skips the picker. */
  readonly connectorUuids?: readonly string[];
  /** As `connectorUuids`, by the deprecated numeric id. */
  readonly connectorIds?: readonly string[];
  /** `bank`, `bankwealth`, `document`; a connector must have all of them. Billing providers need `document`. */
  readonly capabilities?: readonly string[];
  /** Types of bank accounts, for example `checking`, `card`. */
  readonly accountTypes?: readonly string[];
  /** `priv` or `orga`. */
  readonly accountUsages?: readonly string[];
  /** IBANs of the accounts to activate; others stay disabled. */
  readonly accountIbans?: readonly string[];
  /** Values to prefill, by connector and field; they are visible in the URL. */
  readonly connectorFields?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** ISO 3166 alpha-2. */
  readonly country?: string;
  /** Language of the webview. */
  readonly lang?: string;
  /** Above 1, the webview offers to add another connection. */
  readonly maxConnections?: number;
  /** Where the browser lands: a path of the application's own origin, or the name of a configured target. */
  readonly returnTo?: string;
  /**
   * Metadata of the new connections, part of `connection.created`. For callers of the service only: the routes do not accept
   * it, since a browser must not set it.
   */
  readonly metadata?: ConnectionMetadata;
}

/**
 * Options of a reconnect.
 *
 * @public
 */
export interface ReconnectRequest {
  /** Language of the webview. */
  readonly lang?: string;
  /** Where the browser lands: a path of the application's own origin, or the name of a configured target. */
  readonly returnTo?: string;
  /** Asks for all credentials again, not only for missing ones. */
  readonly resetCredentials?: boolean;
  /** With `resetCredentials`: the sources to ask for, for example `openapi`. */
  readonly connectionSources?: readonly string[];
}

/**
 * Options of the manage page.
 *
 * @public
 */
export interface ManageRequest {
  /** Language of the webview. */
  readonly lang?: string;
  /** Where the browser lands: a path of the application's own origin, or the name of a configured target. */
  readonly returnTo?: string;
  /** Opens directly on this connection (uuid). */
  readonly connectionId?: string;
  /** `bank`, `bankwealth`, `document`: what connections added there must offer. */
  readonly capabilities?: readonly string[];
}

/**
 * Who completes an attempt: its callback, or an authenticated request of the application that its browser returns to.
 *
 * @see ReturnToTarget
 * @public
 */
export type Completion = 'callback' | 'confirm';

/** In which window of the application a webview is shown: see `ReturnToTarget`. */
export type Display = 'page' | 'popup' | 'frame';

/**
 * A started attempt. The URL is for the browser that gets the binding, and for no other.
 *
 * @public
 */
export interface StartedAttempt {
  readonly attemptId: string;
  /** Of the webview. A secret of this browser: do not log, mail or cache it. */
  readonly url: string;
  /** When the attempt ends. */
  readonly expiresAt: Date;
  /** With `complete: 'callback'` the value of the binding cookie; with `'confirm'` the application keeps it, and sends it with the ticket. */
  readonly binding: string;
  /** As the target of `returnTo` says. */
  readonly complete: Completion;
}

/**
 * What an application sends to complete an attempt whose target has `complete: 'confirm'`.
 *
 * @public
 */
export interface CompletionRequest {
  /** Parameter `ticket` of the address that the application was opened with. */
  readonly ticket: string;
  /** `binding` of the started attempt. */
  readonly binding: string;
}

/**
 * Result of a callback.
 *
 * @internal
 */
export interface Completed {
  readonly attemptId: string;
  readonly owner: Owner;
  /** Where the start wants the browser to land; null for the attempt. */
  readonly returnTo: string | null;
  /** False for an attempt that was edited in the database: what it says of its owner is not used. */
  readonly isAuthentic: boolean;
  /** Where the browser lands by default. */
  readonly url: string;
  /** In which window of the application the callback was opened. */
  readonly display: Display;
  /** Where the browser can start again, for an attempt with an unknown outcome; null for every other one. */
  readonly againUrl: string | null;
}

/**
 * A callback that is passed to the application that completes its attempt.
 *
 * @internal
 */
export interface PassedOn {
  readonly attemptId: string;
  /** The callback, sealed for the attempt and its owner. */
  readonly ticket: string;
  /** The address of the application, with attempt and ticket. */
  readonly url: string;
  readonly display: Display;
}
