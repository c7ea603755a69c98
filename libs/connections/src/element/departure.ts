import type { ClientAttempt, ClientStartedAttempt } from '../client/index.js';
import type { ControllerHost } from './controller-host.js';
import type { PowensConnectDetail } from './element-events.js';
import { ConnectPopup } from './windows/connect-popup.js';
import { safeUrlOf } from './windows/webview-address.js';

/** Where the webview is shown: this page is being left; a popup, whose attempt ends later; or the application does it. */
export type Departure =
  | { readonly where: 'page' }
  | { readonly where: 'popup'; readonly attemptId: string; readonly end: Promise<ClientAttempt> }
  | { readonly where: 'elsewhere' };

/**
 * Starts an attempt, and shows the webview as the element is set. Call it in the handler of a click, where a browser allows a popup.
 *
 * @throws what the start rejects with; ConnectionsClientError for an address that is not safe
 */
export async function depart(
  host: ControllerHost,
  about: Pick<PowensConnectDetail, 'flow' | 'connectionId'>,
  start: () => Promise<ClientStartedAttempt>,
  signal: AbortSignal,
): Promise<Departure> {
  const popup = host.display === 'popup' ? ConnectPopup.open() : null;
  let isShown = false;
  try {
    const started = await start();
    const url = safeUrlOf(started);
    const { attemptId, binding = null } = started;
    if (signal.aborted || !host.emit('powens-connect', { ...about, attemptId, url, binding })) {
      return { where: 'elsewhere' };
    }
    isShown = true;
    if (popup === null) {
      location.assign(url);
      return { where: 'page' };
    }
    popup.show(url);
    return { where: 'popup', attemptId, end: popup.follow(host.client, started, signal) };
  } finally {
    if (!isShown) popup?.close();
  }
}
