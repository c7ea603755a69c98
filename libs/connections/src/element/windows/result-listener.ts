import type { ClientStartedAttempt } from '../../client/index.js';
import { callbackOf } from './webview-address.js';

/** What the page after the callback posts. The attempt is read by a call all the same: a message alone is no proof. */
interface ResultMessage {
  readonly type: 'powens-connections:result';
  readonly attemptId: string;
  /** With `complete: 'confirm'`. */
  readonly ticket?: string;
}

/** Hears the one message that is about an attempt, from its window and from the origin of the callback. */
export class ResultListener {
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
