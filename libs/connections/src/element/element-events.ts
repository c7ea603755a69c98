import type { ClientAttempt, ClientConnection, ClientStartedAttempt } from '../client/index.js';

/** The page is about to be left for the webview, or a popup to go there. Cancel it to open the address in another way. */
export interface PowensConnectDetail {
  readonly flow: 'connect' | 'reconnect';
  /** The connection to repair; null when one is added. */
  readonly connectionId: string | null;
  readonly attemptId: ClientStartedAttempt['attemptId'];
  /** For this browser only. It was checked: https, or a sandbox on this machine. */
  readonly url: string;
  /** To complete the attempt where the target of `return-to` has `complete: 'confirm'`; null elsewhere. Keep it, and show it to no one. */
  readonly binding: string | null;
}

/** A call failed. The element shows it already. */
export interface PowensErrorDetail {
  readonly action: 'load' | 'connect' | 'reconnect' | 'sync' | 'remove' | 'attempt';
  /** A `ConnectionsClientError`, unless a function of the application threw. */
  readonly error: unknown;
}

/** The events of the element, by name. They bubble and leave shadow roots. */
export interface PowensConnectionsEventMap {
  /** The list was read. */
  'powens-load': CustomEvent<{ readonly connections: readonly ClientConnection[] }>;
  /** Cancelable: the page is about to be left for the webview. */
  'powens-connect': CustomEvent<PowensConnectDetail>;
  /** The browser came back from the webview; this is how the attempt ended. */
  'powens-attempt': CustomEvent<{ readonly attempt: ClientAttempt }>;
  /** A connection was removed. */
  'powens-remove': CustomEvent<{ readonly connectionId: string }>;
  /** A connection was synchronised. */
  'powens-sync': CustomEvent<{ readonly connection: ClientConnection }>;
  /** An answer was 401: nothing of the person is shown any more. Call `refresh()` after the sign-in. */
  'powens-sign-in': CustomEvent<null>;
  /** A call failed, for another reason than a missing sign-in. */
  'powens-error': CustomEvent<PowensErrorDetail>;
}
