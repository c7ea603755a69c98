/**
 * Thrown when a call may not even wait, or waited too long. Nothing was sent.
 *
 * @internal
 */
export class BulkheadFullError extends Error {}

interface Waiter {
  enter(): void;
}

/**
 * Lets a limited number of calls out at once, and a limited number wait for a limited time: a provider that answers
 * slowly must not pile up every request of the host behind it.
 *
 * @see RL-17
 * @internal
 */
export class Bulkhead {
  #running = 0;
  readonly #queue = new Set<Waiter>();

  constructor(
    private readonly limit: number,
    private readonly queueLimit: number,
    private readonly waitMs: number,
  ) {}

  /** Calls that are open. */
  get running(): number {
    return this.#running;
  }

  /** Calls that wait for another to end. */
  get waiting(): number {
    return this.#queue.size;
  }

  async run<T>(call: () => Promise<T>): Promise<T> {
    if (this.#running < this.limit) {
      this.#running += 1;
    } else {
      await this.#wait();
    }
    try {
      return await call();
    } finally {
      this.#leave();
    }
  }

  #wait(): Promise<void> {
    if (this.#queue.size >= this.queueLimit) {
      throw new BulkheadFullError('too many calls wait for Powens');
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#queue.delete(waiter);
        reject(new BulkheadFullError('waited too long for a free connection to Powens'));
      }, this.waitMs);
      const waiter: Waiter = {
        enter: () => {
          clearTimeout(timer);
          resolve();
        },
      };
      this.#queue.add(waiter);
    });
  }

  /** Passes the slot to the oldest waiting call: `running` does not change, so that no other call can take the slot between. */
  #leave(): void {
    for (const waiter of this.#queue) {
      this.#queue.delete(waiter);
      waiter.enter();
      return;
    }
    this.#running -= 1;
  }
}
