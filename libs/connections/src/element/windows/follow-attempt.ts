import {
  ConnectionsClientError,
  type ClientAttempt,
  type ClientStartedAttempt,
  type ConnectionsClient,
} from '../../client/index.js';

/** What the page after the callback posts. The attempt is read by a call all the same: a message alone is no proof. */
interface ResultMessage {
  readonly type: 'powens-connections:result';
  readonly attemptId: string;
  /** With `complete: 'confirm'`. */
  readonly ticket?: string;
}

/** An attempt that is shown in another window. */
export interface ShownAttempt {
  readonly client: ConnectionsClient;
  readonly started: ClientStartedAttempt;
  /** Only messages of this window count. */
  readonly from: Window;
  readonly signal?: AbortSignal | undefined;
}

const FIRST_POLL_MS = 2_000;
const MAX_POLL_MS = 15_000;
const CLAIMED_POLL_MS = 1_000;
/** What a browser or a proxy causes, and may be over with the next call. */
const PASSING_STATUS = 500;

/**
 * Waits for the end of an attempt: until the page after the callback posts it, or until a call says so. The calls are for a window that
 * cannot post, since a `Cross-Origin-Opener-Policy` separated it, and for one that was closed.
 *
 * @throws the reason of the signal; ConnectionsClientError when a call is refused
 */
export async function followAttempt({ client, started, from, signal }: ShownAttempt): Promise<ClientAttempt> {
  const message = new Listener(started, from);
  try {
    let waitMs = FIRST_POLL_MS;
    for (;;) {
      await message.within(waitMs, signal);
      signal?.throwIfAborted();
      const attempt = await attemptOf(client, started, message.ticket, signal);
      if (attempt !== null && attempt.status !== 'pending' && attempt.status !== 'claimed') {
        return attempt;
      }
      waitMs = attempt?.status === 'claimed' ? CLAIMED_POLL_MS : Math.min(waitMs * 1.5, MAX_POLL_MS);
    }
  } finally {
    message.close();
  }
}

/** Completes or reads the attempt; null when the call may succeed later. */
async function attemptOf(
  client: ConnectionsClient,
  { attemptId, binding }: ClientStartedAttempt,
  ticket: string | null,
  signal: AbortSignal | undefined,
): Promise<ClientAttempt | null> {
  const call = signal === undefined ? {} : { signal };
  try {
    return ticket === null || binding === undefined
      ? await client.attempt(attemptId, call)
      : await client.complete(attemptId, { ticket, binding }, call);
  } catch (error) {
    signal?.throwIfAborted();
    if (isPassing(error)) {
      return null;
    }
    throw error;
  }
}

function isPassing(error: unknown): boolean {
  if (!(error instanceof ConnectionsClientError)) {
    return false;
  }
  const { status } = error;
  return status === null || status >= PASSING_STATUS || status === 429;
}

/** Hears the one message that is about an attempt, from its window and from the origin of the callback. */
class Listener {
  ticket: string | null = null;
  #isHeard = false;
  #wake: (() => void) | null = null;
  readonly #origin: string;

  constructor(
    private readonly started: ClientStartedAttempt,
    private readonly from: Window,
  ) {
    this.#origin = new URL(callbackOf(started.url)).origin;
    addEventListener('message', this.#hear);
  }

  /** Returns when the message comes, the time is over, or the signal ends it; a message is reported once. */
  async within(ms: number, signal: AbortSignal | undefined): Promise<void> {
    if (this.#isHeard || signal?.aborted === true) {
      this.#isHeard = false;
      return;
    }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => this.#wake?.(), ms);
      this.#wake = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', resolveOnce);
        this.#wake = null;
        resolve();
      };
      const resolveOnce = (): void => this.#wake?.();
      signal?.addEventListener('abort', resolveOnce, { once: true });
    });
    this.#isHeard = false;
  }

  close(): void {
    removeEventListener('message', this.#hear);
  }

  readonly #hear = ({ data, origin, source }: MessageEvent<unknown>): void => {
    if (origin !== this.#origin || source !== this.from || !isResultOf(data, this.started.attemptId)) {
      return;
    }
    this.ticket = data.ticket ?? null;
    this.#isHeard = true;
    this.#wake?.();
  };
}

function isResultOf(data: unknown, id: string): data is ResultMessage {
  const { type, attemptId, ticket } = (data ?? {}) as Partial<Record<keyof ResultMessage, unknown>>;
  return (
    type === 'powens-connections:result' &&
    attemptId === id &&
    (ticket === undefined || typeof ticket === 'string')
  );
}

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
export function unsafeWebview(): ConnectionsClientError {
  return new ConnectionsClientError('unexpected_answer', 'The address of the webview is not safe.');
}
