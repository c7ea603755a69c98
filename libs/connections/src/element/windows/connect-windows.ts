import {
  ConnectionsClientError,
  webviewUrlOf,
  type ClientAttempt,
  type ClientStartedAttempt,
  type ConnectionsClient,
} from '../../client/index.js';
import { callbackOf, followAttempt, unsafeWebview } from './follow-attempt.js';

const DEFAULT_FEATURES = 'popup,width=480,height=740';
/** The webview posts its result like this, as for the web component of Powens. */
const WEBVIEW_MESSAGE = 'powensWebviewTermination';

/** Options of {@link connectInPopup} and {@link connectInFrame}. */
export interface ConnectWindowOptions {
  /** Ends the wait: the promise rejects with its reason. The attempt itself stays as it is. */
  readonly signal?: AbortSignal;
}

/** Options of {@link connectInPopup}. */
export interface ConnectPopupOptions extends ConnectWindowOptions {
  /**
   * Features of `window.open`. Without `noopener`: the page after the callback could post nothing.
   *
   * @default 'popup,width=480,height=740'
   */
  readonly features?: string;
}

/** Starts an attempt, for example `() => client.connect({ returnTo: 'popup' })`. */
export type StartAttempt = () => Promise<ClientStartedAttempt>;

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
 * @returns the attempt when it has ended, however long the person takes; null when this page goes to the webview
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

/**
 * Starts an attempt and shows the webview in a frame of this page. Remove the frame when the promise is settled.
 *
 * @param start - with a `returnTo` that names a target with `display: 'frame'`
 * @param frame - on the page, and not sandboxed
 * @returns the attempt when it has ended, however long the person takes
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
