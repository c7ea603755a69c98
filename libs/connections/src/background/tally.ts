interface Waiting {
  readonly total: number;
  readonly resolve: () => void;
}

/**
 * Counts events, and lets one caller wait until so many more have happened.
 *
 * @internal
 */
export class Tally {
  #total = 0;
  #waiting: Waiting | undefined;

  /** Events so far. */
  get total(): number {
    return this.#total;
  }

  /** Counts one event. */
  count(): void {
    this.#total += 1;
    if (this.#waiting !== undefined && this.#total >= this.#waiting.total) {
      this.#waiting.resolve();
      this.#waiting = undefined;
    }
  }

  /** Resolves after the next `count` events; at once for none. A later call replaces an earlier one, which never resolves. */
  async next(count: number): Promise<void> {
    if (count > 0) {
      await new Promise<void>((resolve) => {
        this.#waiting = { total: this.#total + count, resolve };
      });
    }
  }
}
