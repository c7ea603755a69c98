import type { ClientAttempt, ClientStartedAttempt, ConnectionsClient } from '../../client/index.js';
import { type ConnectWindowOptions, followAttempt, type StartAttempt } from './follow-attempt.js';
import { safeUrlOf } from './webview-address.js';

const DEFAULT_FEATURES = 'popup,width=480,height=740';

/** Options of {@link connectInPopup}. */
export interface ConnectPopupOptions extends ConnectWindowOptions {
  /**
   * Features of `window.open`. Without `noopener`: the page after the callback could post nothing.
   *
   * @default 'popup,width=480,height=740'
   */
  readonly features?: string;
}

/** A popup that was opened before the start was answered: a browser allows it only in the handler of a click. */
export class ConnectPopup {
  private constructor(private readonly window: Window) {}

  /** @returns null when the browser refuses it */
  static open(features = DEFAULT_FEATURES): ConnectPopup | null {
    const opened = window.open('', '_blank', features);
    return opened === null ? null : new ConnectPopup(opened);
  }

  /** @param url - checked by `webviewUrlOf` */
  show(url: string): void {
    this.window.location.replace(url);
    this.window.focus();
  }

  /** Waits for the end of the attempt, and closes the popup. */
  async follow(
    client: ConnectionsClient,
    started: ClientStartedAttempt,
    signal?: AbortSignal,
  ): Promise<ClientAttempt> {
    const attempt = await followAttempt({ client, started, from: this.window, signal });
    this.close();
    return attempt;
  }

  close(): void {
    this.window.close();
  }
}

/**
 * Starts an attempt and shows the webview in a popup. Call it in the handler of a click. Where the browser refuses the popup, this page
 * goes to the webview itself.
 *
 * @param start - with a `returnTo` that names a target with `display: 'popup'`
 * @returns the attempt when it has ended, however long the person takes; null when this page goes to the webview. With
 *   `complete: 'confirm'` it is still pending when the popup was closed, or separated from this page: it is started again
 * @throws ConnectionsClientError when the start or a later call is refused; the reason of the signal
 */
export async function connectInPopup(
  client: ConnectionsClient,
  start: StartAttempt,
  { features, signal }: ConnectPopupOptions = {},
): Promise<ClientAttempt | null> {
  const popup = ConnectPopup.open(features);
  try {
    const started = await start();
    const url = safeUrlOf(started);
    if (popup === null) {
      location.assign(url);
      return null;
    }
    popup.show(url);
    return await popup.follow(client, started, signal);
  } catch (error) {
    popup?.close();
    throw error;
  }
}
