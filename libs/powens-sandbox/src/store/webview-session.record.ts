/** What a webview is opened for; `webauth` is the bank's own site, reached without the webview around it. */
export type WebviewFlow = 'connect' | 'reconnect' | 'manage' | 'webauth';

/** The page a webview session waits at; `finished` when nothing is left to ask, `done` once the browser was sent away. */
export type WebviewStep =
  | 'terms'
  | 'picker'
  | 'login'
  | 'bank'
  | 'otp'
  | 'decoupled'
  | 'accounts'
  | 'more'
  | 'manage'
  | 'finished'
  | 'done';

/** Which connectors and accounts a webview was narrowed to by its URL. */
export interface WebviewFilters {
  ids: number[];
  uuids: string[];
  capabilities: string[];
  country: string | null;
  accountTypes: string[];
  accountUsages: string[];
  accountIbans: string[];
  prefilled: Record<string, string>;
}

/** One person's way through the webview, kept on the server and named by an unguessable id. */
export interface WebviewSessionRecord {
  id: string;
  clientId: string;
  domain: string;
  flow: WebviewFlow;
  lang: string;
  redirectUri: string | null;
  /** The `state` parameter exactly as it stood in the URL, still encoded. */
  rawState: string | null;
  /** The code that was passed in; a webview opened with one returns none. */
  code: string | null;
  idUser: number | null;
  filters: WebviewFilters;
  maxConnections: number | null;
  step: WebviewStep;
  idConnector: number | null;
  /** The connection being made or repaired. */
  idConnection: number | null;
  /** The connections made and consented to. */
  made: number[];
  /** Of `manage`: the connection to show first, and the last one deleted. */
  focus: number | null;
  removed: number | null;
  resetCredentials: boolean;
  /** What went wrong on the page just sent, shown once on the next one. */
  problem: string | null;
  expiresAt: number;
  /** Where the browser was sent at the end; asking again leads there again. */
  location: string | null;
}
