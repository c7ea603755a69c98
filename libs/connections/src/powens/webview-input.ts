import type { WebviewCode } from '../values/secrets/webview-code.js';

/**
 * What every flow of the webview needs.
 *
 * @see https://docs.powens.com/api-reference/overview/webview
 * @internal
 */
export interface WebviewBase {
  /** Two letters. Always in the path: without it the webview was seen to answer 503. */
  readonly lang: string;
  /** Short name (`acme-sandbox`), host, or URL; sent as host. */
  readonly domain: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly state: string;
  /** Additional parameters. Never replace a typed one. */
  readonly extras?: Readonly<Record<string, string>> | undefined;
}

/**
 * Makes a new connection.
 *
 * @internal
 */
export interface ConnectWebview extends WebviewBase {
  readonly flow: 'connect';
  /** Absent: the webview makes an anonymous user and its callback brings a code. */
  readonly code?: WebviewCode | undefined;
  readonly connectorUuids?: readonly string[] | undefined;
  readonly connectorIds?: readonly string[] | undefined;
  /** `bank`, `bankwealth`, `document`; several mean all of them. */
  readonly capabilities?: readonly string[] | undefined;
  readonly accountTypes?: readonly string[] | undefined;
  /** `priv`, `orga`. */
  readonly accountUsages?: readonly string[] | undefined;
  /** Other accounts stay disabled. */
  readonly accountIbans?: readonly string[] | undefined;
  /** ISO 3166 alpha-2. */
  readonly country?: string | undefined;
  readonly maxConnections?: number | undefined;
  /** Values to fill in, by connector and field: `{ '338178e6-…': { website: 'par' } }`. */
  readonly connectorFields?: Readonly<Record<string, Readonly<Record<string, string>>>> | undefined;
}

/**
 * Repairs a connection.
 *
 * @internal
 */
export interface ReconnectWebview extends WebviewBase {
  readonly flow: 'reconnect';
  readonly code: WebviewCode;
  readonly connectionId: string;
  /** Asks for all credentials anew, not only for those missing. */
  readonly resetCredentials?: boolean | undefined;
  /** With `resetCredentials`: the sources to ask for, as `openapi`. */
  readonly connectionSources?: readonly string[] | undefined;
}

/**
 * Shows all connections of a user.
 *
 * @internal
 */
export interface ManageWebview
  extends
    WebviewBase,
    Omit<ConnectWebview, 'flow' | 'code' | 'connectorIds' | 'accountIbans' | 'maxConnections'> {
  readonly flow: 'manage';
  readonly code: WebviewCode;
  /** Opens directly on it. */
  readonly connectionId?: string | undefined;
}

/**
 * What the webview is opened for.
 *
 * @internal
 */
export type WebviewInput = ConnectWebview | ReconnectWebview | ManageWebview;
