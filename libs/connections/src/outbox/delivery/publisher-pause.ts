import { retryDelayMs } from '../../background/retry-delay.js';

/** Maximum milliseconds between two tries of a publisher that is unavailable: events follow soon after its return. */
const MAX_PAUSE_MS = 30_000;

/**
 * Pauses deliveries while a publisher is unavailable, longer after each failure. After a pause one event is tried alone, so
 * that a long outage costs a statement now and then, whatever waits.
 *
 * @internal
 */
export class PublisherPause {
  #failures = 0;
  #until = -Infinity;
  #acceptedAt = -Infinity;

  /** Milliseconds until the next event may be tried; 0 when there is no pause. */
  get restMs(): number {
    return Math.max(0, Math.ceil(this.#until - performance.now()));
  }

  /** Whether the publisher was unavailable and has not accepted an event since. */
  get isProbing(): boolean {
    return this.#failures > 0;
  }

  /** Whether an event was accepted after a time of `performance.now()`. */
  hasAcceptedSince(time: number): boolean {
    return this.#acceptedAt >= time;
  }

  /**
   * Records that an event was accepted.
   *
   * @returns whether this ends an outage
   */
  accepted(): boolean {
    const isEnd = this.isProbing;
    this.#acceptedAt = performance.now();
    this.#failures = 0;
    this.#until = -Infinity;
    return isEnd;
  }

  /**
   * Records that the publisher was unavailable. All events of one batch notice the same outage: a pause that runs is kept.
   *
   * @param random - 0 to 1, exclusive, for the jitter
   * @returns milliseconds of a pause that begins; null when one runs
   */
  unavailable(random: number): number | null {
    if (this.restMs > 0) {
      return null;
    }
    this.#failures += 1;
    const pauseMs = Math.min(MAX_PAUSE_MS, retryDelayMs(this.#failures, random));
    this.#until = performance.now() + pauseMs;
    return pauseMs;
  }
}
