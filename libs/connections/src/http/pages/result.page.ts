import type { Completed, Display, PassedOn } from '../../flow/connect/connect-flow.types.js';
import type { Attempt } from '../../flow/connections.service.js';
import { pageOf } from './page.js';

/**
 * An HTML page, with the headers that it must be sent with. The content type is `text/html; charset=utf-8`.
 *
 * @public
 */
export interface HtmlPage {
  readonly headers: Readonly<Record<string, string>>;
  /** HTML */
  readonly body: string;
}

/** Distinguishes the messages of this library from those of others. */
const MESSAGE_TYPE = 'powens-connections:result';

/**
 * Posts the message to the window that waits for it, and closes a popup. A tab (with a menu bar) is not closed, since it may be the only
 * one of the application; its opener closes it. Without a waiting window, which a `Cross-Origin-Opener-Policy` of the application or of
 * the bank may be the cause of, a tab continues to the application, and a popup shows what to do.
 *
 * Constant, so that the policy of the page can name its digest, and no other script runs.
 */
export const RESULT_SCRIPT = `(() => {
  const { display, origin, message, url } = document.querySelector('main').dataset;
  const receiver = display === 'popup' ? window.opener : window.parent === window ? null : window.parent;
  if (receiver !== null) {
    receiver.postMessage(JSON.parse(message), origin);
    if (!window.menubar.visible) window.close();
  } else if (window.menubar.visible) {
    window.location.replace(url);
  }
})();`;

/** SHA-256 of {@link RESULT_SCRIPT}, which a test computes again. */
export const RESULT_SCRIPT_DIGEST = 'sha256-Jy/k5qFxFXB3BeuOuLn+UARWNi55bHsYf4QSnS4xKhs=';

/**
 * Makes the page that reports to the waiting window how an attempt ended.
 *
 * @returns null where the browser is redirected
 */
export function completedPage(
  { display, url }: Pick<Completed, 'display' | 'url'>,
  { id: attemptId, status, connectionIds }: Attempt,
): HtmlPage | null {
  const detail =
    'This step is finished. Close this window if the application is open in another one, or continue here.';
  return resultPage({ display, url, detail }, { attemptId, status, connectionIds });
}

/**
 * Makes the page that passes the ticket of an attempt to the waiting window, which completes it.
 *
 * @returns null where the browser is redirected
 */
export function passedPage({ display, url, attemptId, ticket }: PassedOn): HtmlPage | null {
  const detail =
    'The application finishes this step. Where it is open in another window and shows no result, start again there, or continue here.';
  return resultPage({ display, url, detail }, { attemptId, ticket });
}

/** What a page shows where no window waits. */
interface Shown {
  readonly display: Display;
  /** Of a target, absolute: where the browser continues. Only a window of its origin gets the message. */
  readonly url: string;
  readonly detail: string;
}

/**
 * @param message - without code, state and token
 * @see https://www.w3.org/TR/CSP3/#csp-hash-source
 */
function resultPage({ display, url, detail }: Shown, message: object): HtmlPage | null {
  if (display === 'page') {
    return null;
  }
  const { origin } = new URL(url);
  const body = pageOf({
    title: 'Return to the application',
    detail,
    links: [{ href: url, text: 'Continue' }],
    data: { display, origin, url, message: JSON.stringify({ type: MESSAGE_TYPE, ...message }) },
    script: RESULT_SCRIPT,
  });
  return { body, headers: headersOf(display, origin) };
}

/** No script but that of the page, and no text of it becomes one. A frame is for the declared origin alone. */
function headersOf(display: Display, origin: string): HtmlPage['headers'] {
  const ancestors = display === 'frame' ? origin : "'none'";
  return {
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'content-security-policy':
      `default-src 'none'; script-src '${RESULT_SCRIPT_DIGEST}'; base-uri 'none'; form-action 'none'; ` +
      `frame-ancestors ${ancestors}; require-trusted-types-for 'script'; trusted-types 'none'`,
    // With `same-origin` the browser would separate the page from the window that opened it.
    'cross-origin-opener-policy': 'unsafe-none',
  };
}
