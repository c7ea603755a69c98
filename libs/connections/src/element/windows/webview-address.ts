import { type ClientStartedAttempt, ConnectionsClientError, webviewUrlOf } from '../../client/index.js';

/**
 * The address that the webview redirects to.
 *
 * @param webviewUrl - `url` of a started attempt
 * @throws ConnectionsClientError `unexpected_answer`
 */
export function callbackOf(webviewUrl: string): string {
  const callback = URL.canParse(webviewUrl) ? new URL(webviewUrl).searchParams.get('redirect_uri') : null;
  if (callback === null || !URL.canParse(callback)) {
    throw unsafeWebview();
  }
  return callback;
}

/** The error of a start whose webview must not be opened. */
function unsafeWebview(): ConnectionsClientError {
  return new ConnectionsClientError('unexpected_answer', 'The address of the webview is not safe.');
}

/**
 * The address of the webview of a started attempt.
 *
 * @throws ConnectionsClientError `unexpected_answer` when it must not be opened
 */
export function safeUrlOf({ url }: ClientStartedAttempt): string {
  const safe = webviewUrlOf(url, location.href);
  if (safe === null) {
    throw unsafeWebview();
  }
  return safe;
}
