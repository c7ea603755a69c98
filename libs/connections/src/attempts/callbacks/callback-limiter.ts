import { ConnectionsError } from '../../errors/index.js';

const WINDOW_MS = 60_000;

/** Maximum number of browsers that are counted at the same time: limits the memory that invented cookies can use. */
const MAX_BROWSERS = 10_000;

/**
 * Limits the callbacks of one browser per minute, in this process: before the database is asked, and without touching the
 * attempt. Correctness does not depend on it.
 *
 * @see OA-13, N26
 * @internal
 */
export class CallbackLimiter {
  readonly #counts = new Map<string, number>();
  #windowEnds = 0;

  constructor(
    private readonly perMinute: number,
    private readonly monotonicMs: () => number = () => performance.now(),
  ) {}

  /**
   * Counts a callback.
   *
   * @param bindingHash - identifies the browser
   * @throws ConnectionsError `rate_limited` with the seconds until the browser may retry
   */
  count(bindingHash: Buffer): void {
    const now = this.monotonicMs();
    if (now >= this.#windowEnds) {
      this.#counts.clear();
      this.#windowEnds = now + WINDOW_MS;
    }
    const browser = bindingHash.toString('latin1');
    const count = (this.#counts.get(browser) ?? 0) + 1;
    if (count > this.perMinute) {
      throw new ConnectionsError(
        'rate_limited',
        'This browser came back too often. Open the address again later.',
        {
          retryAfterSeconds: Math.ceil((this.#windowEnds - now) / 1000),
        },
      );
    }
    if (count > 1 || this.#counts.size < MAX_BROWSERS) {
      this.#counts.set(browser, count);
    }
  }
}
