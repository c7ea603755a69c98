/** A running sandbox, as far as the fixture needs to know. */
export interface RunningSandbox {
  readonly url: string;
  readonly client?: { readonly domain: string; readonly clientId: string; readonly clientSecret: string };
  close?(): Promise<void>;
}

/**
 * Where the sandbox comes from: `startPowensSandbox` of the package `powens-sandbox`, which starts one in this process, or one
 * that is running.
 *
 * @public
 */
export type SandboxSource = RunningSandbox | (() => Promise<RunningSandbox>);

/**
 * What the person does in the webview.
 *
 * @public
 */
export interface InWebview {
  /**
   * `success`, `abandon` (the tab is closed), or an error of Powens, as `access_denied`.
   *
   * @defaultValue `'success'`
   */
  readonly outcome?: string;
  /** The bank, where the webview lets the person choose. */
  readonly connectorUuid?: string;
  /**
   * Connections made before the person comes back.
   *
   * @defaultValue 1
   */
  readonly connections?: number;
}

/**
 * A webhook to be sent; which of the ids it needs depends on the event.
 *
 * @public
 */
export interface FiredWebhook {
  /** Id of the user at Powens. */
  readonly idUser?: number;
  /** Id of the connection at Powens. */
  readonly idConnection?: number;
}

/**
 * What the sandbox saw.
 *
 * @public
 */
export interface SandboxLedger {
  readonly users: readonly { readonly id: number; readonly temporary: boolean; readonly deleted: boolean }[];
  /** `exchanges` counts the successful ones. */
  readonly codes: readonly { readonly code: string; readonly exchanges: number }[];
  readonly tokens: readonly {
    readonly token: string;
    readonly idUser: number | null;
    readonly revoked: boolean;
  }[];
  readonly connections: readonly {
    readonly id: number;
    readonly idUser: number;
    readonly state: string | null;
    readonly deleted: boolean;
  }[];
}
