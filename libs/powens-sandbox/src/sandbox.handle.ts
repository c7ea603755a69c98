import type { Ledger } from './admin/ledger.service.js';
import type { SandboxWebhooks } from './admin/webhooks/sandbox-webhooks.js';
import type { Fault, FaultKind } from './scenarios/fault.js';
import type { ProviderSettings } from './scenarios/provider-settings.service.js';

/** What becomes of a connection; what is left out is as the provider would show it in that state. */
export interface ConnectionChange {
  /** As `wrongpass`, `SCARequired`; null for one that works. Any text: the provider may add new ones. */
  state?: string | null;
  errorMessage?: string | null;
  /** Fields that the person is asked for. */
  fields?: readonly object[] | null;
  active?: boolean;
  expire?: Date | null;
  lastUpdate?: Date | null;
  nextTry?: Date | null;
  /** End of the consents at the bank. */
  accessExpire?: Date | null;
}

/** What a bank does to a transaction. */
export interface TransactionChange {
  deleted?: boolean;
  /** As `2026-03-14`. */
  date?: string;
}

/** How the webview is passed. */
export interface WebviewVisit {
  /** The URL of the webview, as the application made it. */
  url: string;
  /**
   * `success`, `abandon` for a person who closes the tab, or the error word of the callback.
   *
   * @default 'success'
   */
  outcome?: string;
  /**
   * How many connections are made.
   *
   * @default 1
   */
  connections?: number;
  connectorUuid?: string;
  /** On the manage page: the id of the connection to delete. */
  deleteConnection?: string;
  /** On the manage page: the id of the connection to repair. */
  repairConnection?: string;
}

/** A running sandbox. */
export interface PowensSandbox {
  /** Root of the API and of the webview: `http://127.0.0.1:<port>`, without `/2.0`. */
  readonly url: string;
  readonly port: number;
  /** The client application it starts with. */
  readonly client: { readonly domain: string; readonly clientId: string; readonly clientSecret: string };
  /** What `/sandbox/webhooks` does, without the call. */
  readonly webhooks: SandboxWebhooks;
  /** What `GET /sandbox/ledger` answers, without the call. */
  ledger(): Ledger;
  /** Passes the webview as a person would. @returns the callback, or null for a person who closed the tab */
  visit(how: WebviewVisit): Promise<URL | null>;
  /** Puts a connection into a state, and sends the webhook of it where the change names a state. */
  changeConnection(id: number, change: ConnectionChange): Promise<void>;
  /** Moves or deletes a transaction. */
  changeTransaction(id: number, change: TransactionChange): Promise<void>;
  /** Moves the virtual clock on, and what is due until then happens. @returns where the clock stands */
  advanceClock(seconds: number): Promise<Date>;
  /** Plants what goes wrong next. */
  plantFault(fault: Omit<Fault, 'times'> & { times?: number }): Promise<void>;
  /** Takes away the faults that still wait for a call, all or those of one kind. */
  clearFaults(kind?: FaultKind): Promise<void>;
  /** Changes how the provider behaves where sources differ. @returns the settings in force */
  configure(changes: Partial<ProviderSettings>): Promise<ProviderSettings>;
  /** Empties everything, clock and faults included. */
  reset(): Promise<void>;
  /** Stops it; open connections are cut. */
  close(): Promise<void>;
}
