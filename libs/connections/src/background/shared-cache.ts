/** How much a {@link SharedCache} keeps, and for how long. */
export interface CacheLimits {
  /** Values; the one that was not used for longest goes first. */
  readonly max: number;
  /** From the moment a value is there. 0: no value outlives the callers that wait for it. */
  readonly ttlSeconds: number;
}

interface Entry<T> {
  readonly value: Promise<T>;
  /** Moment by `performance.now()`; infinite while it is being loaded. */
  until: number;
}

/**
 * Values by key that are loaded on demand. Concurrent callers share one load. Failures are not kept, nor are null and undefined.
 *
 * @internal
 */
export class SharedCache<T> {
  readonly #entries = new Map<string, Entry<T>>();

  constructor(private readonly limits: CacheLimits) {}

  /** The value of a key: a kept one, that of a load in progress, or a new one. */
  async get(key: string, load: () => Promise<T>): Promise<T> {
    const known = this.#entries.get(key);
    if (known !== undefined && known.until > performance.now()) {
      // Last in the order of the map: used last.
      this.#entries.delete(key);
      this.#entries.set(key, known);
      return known.value;
    }
    const entry: Entry<T> = { value: load(), until: Infinity };
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    this.evict();
    return this.settle(key, entry);
  }

  private async settle(key: string, entry: Entry<T>): Promise<T> {
    let isKept = false;
    try {
      const value = await entry.value;
      isKept = value !== null && value !== undefined;
      return value;
    } finally {
      entry.until = performance.now() + this.limits.ttlSeconds * 1000;
      if (!isKept && this.#entries.get(key) === entry) {
        this.#entries.delete(key);
      }
    }
  }

  private evict(): void {
    const now = performance.now();
    for (const [key, { until }] of this.#entries) {
      if (until <= now || this.#entries.size > this.limits.max) {
        this.#entries.delete(key);
      }
    }
  }
}
