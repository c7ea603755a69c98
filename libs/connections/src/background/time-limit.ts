/**
 * A time limit for code of the host. Several calls that begin together may share one. What is late continues; its result is
 * ignored.
 *
 * @internal
 */
export class TimeLimit {
  #abort: AbortController | undefined;
  #timer: NodeJS.Timeout | undefined;
  #over: Promise<never> | undefined;

  /**
   * @param ms - milliseconds from the first {@link TimeLimit.race}
   * @param late - makes the error of a limit that passed
   */
  constructor(
    private readonly ms: number,
    private readonly late: () => Error,
  ) {}

  /** Aborts when the time is over. Made for those that use it: a signal costs more than the call of a handler. */
  get signal(): AbortSignal {
    this.#abort ??= new AbortController();
    return this.#abort.signal;
  }

  /**
   * Waits for work, but not longer than until the time is over.
   *
   * @throws the error of the work, or that of the limit
   */
  async race<T>(work: Promise<T>): Promise<T> {
    this.#over ??= this.start();
    return Promise.race([work, this.#over]);
  }

  /** Ends it, once nothing waits for it. */
  end(): void {
    clearTimeout(this.#timer);
  }

  private start(): Promise<never> {
    return new Promise<never>((_, reject) => {
      this.#timer = setTimeout(() => {
        reject(this.late());
        this.#abort?.abort();
      }, this.ms);
    });
  }
}

/**
 * Waits for code of the host, but not longer than a limit. What is late continues; its result is ignored.
 *
 * @param ms - milliseconds
 * @param work - may throw at once; its signal aborts when the time is over
 * @param late - makes the error of a limit that passed
 */
export async function withTimeLimit<T>(
  ms: number,
  work: (signal: AbortSignal) => Promise<T>,
  late: () => Error,
): Promise<T> {
  const limit = new TimeLimit(ms, late);
  try {
    return await limit.race(work(limit.signal));
  } finally {
    limit.end();
  }
}
