import {
  type ClientAttempt,
  type ClientStartedAttempt,
  type ConnectionsClient,
  ConnectionsClientError,
} from '../../client/index.js';
import { type ConnectWindowOptions, followAttempt, type StartAttempt } from './follow-attempt.js';
import { callbackOf, safeUrlOf } from './webview-address.js';

/** The webview posts its result like this, as for the web component of Powens. */
const WEBVIEW_MESSAGE = 'powensWebviewTermination';

/**
 * Starts an attempt and shows the webview in a frame of this page. Remove the frame when the promise is settled.
 *
 * @param start - with a `returnTo` that names a target with `display: 'frame'`
 * @param frame - on the page, and not sandboxed
 * @returns the attempt when it has ended, however long the person takes; still pending when the frame was removed before
 * @throws ConnectionsClientError `invalid_request` for another target; when the start or a later call is refused; the reason of the signal
 */
export async function connectInFrame(
  client: ConnectionsClient,
  start: StartAttempt,
  frame: HTMLIFrameElement,
  { signal }: ConnectWindowOptions = {},
): Promise<ClientAttempt> {
  const started = await start();
  if (started.binding === undefined) {
    throw new ConnectionsClientError(
      'invalid_request',
      'The target of returnTo is not for a frame: it needs complete: "confirm" and display: "frame".',
    );
  }
  const url = safeUrlOf(started);
  const { contentWindow } = frame;
  if (contentWindow === null) {
    throw new ConnectionsClientError('invalid_request', 'The frame is not on the page.');
  }
  const pass = passingOn(started, frame);
  addEventListener('message', pass);
  try {
    frame.referrerPolicy = 'no-referrer';
    frame.src = url;
    return await followAttempt({ client, started, from: contentWindow, signal });
  } finally {
    removeEventListener('message', pass);
  }
}

/**
 * Opens the callback in the frame with what the webview posted: in a frame it may post its result in place of redirecting. A callback
 * that is opened twice has one result.
 */
function passingOn(
  started: ClientStartedAttempt,
  frame: HTMLIFrameElement,
): (event: MessageEvent<unknown>) => void {
  const webview = new URL(started.url);
  return ({ data, origin, source }) => {
    const { type, data: result } = (data ?? {}) as { type?: unknown; data?: unknown };
    if (origin !== webview.origin || source !== frame.contentWindow || type !== WEBVIEW_MESSAGE) {
      return;
    }
    const callback = new URL(callbackOf(started.url));
    callback.search = new URLSearchParams([
      // Of this attempt, whatever the message says.
      ['state', webview.searchParams.get('state') ?? ''],
      ...parametersOf(result),
    ]).toString();
    frame.src = callback.href;
  };
}

/** The parameters of a callback, by their names in the message. */
const PARAMETERS = {
  code: 'code',
  connectionId: 'connection_id',
  connectionIds: 'connection_ids',
  error: 'error',
  errorDescription: 'error_description',
} as const;

function parametersOf(result: unknown): [string, string][] {
  const values = (result ?? {}) as Readonly<Record<string, unknown>>;
  return Object.entries(PARAMETERS).flatMap(([name, parameter]): [string, string][] => {
    const value = values[name];
    const isGiven = typeof value === 'string' || typeof value === 'number' || Array.isArray(value);
    return isGiven ? [[parameter, String(value)]] : [];
  });
}
