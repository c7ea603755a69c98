import { HeldBody, Pool } from './body-pool.js';

/** Bytes that small bodies may hold together. */
const SMALL_POOL_BYTES = 32 * 1024 * 1024;
/** Bodies of the largest size that may be held at once. */
const LARGE_AT_ONCE = 8;

/**
 * Bounds what bodies of webhooks hold in this process: 32 MiB for small ones, and eight of the largest for those above
 * 64 KiB. When the budget is used up, the source that holds most is cut off for one that holds less, and within one source a
 * stalled body for a new one: silent senders do not block others.
 *
 * @internal
 */
export class BodyBudget {
  readonly #small: Pool;
  readonly #large: Pool;

  /** @param maxBytes - size of the largest body */
  constructor(maxBytes: number) {
    this.#small = new Pool(SMALL_POOL_BYTES);
    this.#large = new Pool(LARGE_AT_ONCE * maxBytes);
  }

  /** Starts to count a body. */
  open(source: string): HeldBody {
    return new HeldBody(source, this.#small, this.#large);
  }
}
