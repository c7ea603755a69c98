import { AsyncLocalStorage } from 'node:async_hooks';
import type { Logger } from '@nestjs/common';
import { describeError } from '../errors/index.js';

/** What a poller does, and how often. */
export interface PollerSettings {
  /** Where a run that failed is reported. */
  readonly logger: () => Logger;
  /** Description of the failure for that report: `The outbox cannot be read`. */
  readonly failure: string;
  /** Milliseconds between the end of a run and the next, unless the run itself says otherwise. */
  readonly intervalMs: () => number;
  /**
   * One run, until nothing is due.
   *
   * @param signal - aborted when the poller stops; a run ends soon after
   * @returns milliseconds until the next run; nothing for the interval
   */
  readonly run: ((signal: AbortSignal) => Promise<void>) | ((signal: AbortSignal) => Promise<number>);
}

/**
 * Repeats a task in the background: after an interval, or at once when it is woken. Runs never overlap; a wake during a run
 * causes one more. A run that fails is logged, and followed by the next after the interval. The timer keeps no process alive.
 *
 * @internal
 */
export class Poller {
  /** Runs must not inherit the asynchronous context of the request that woke them: its trace, the fields of its log lines. */
  readonly #outside = AsyncLocalStorage.snapshot();
  readonly #stopping = new AbortController();
  #state: 'new' | 'waiting' | 'running' = 'new';
  #isWoken = false;
  #timer: NodeJS.Timeout | undefined;
  #runs: Promise<void> = Promise.resolve();

  constructor(private readonly settings: PollerSettings) {}

  /** Whether {@link Poller.stop} was called. */
  get isStopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  /** Whether it was started, and not stopped. */
  get isActive(): boolean {
    return this.#state !== 'new' && !this.isStopped;
  }

  /**
   * Starts it.
   *
   * @param delayMs - milliseconds until the first run. At 0 it runs after the hooks of all modules that Nest calls in this turn
   */
  start(delayMs = 0): void {
    this.schedule(delayMs);
  }

  /** Runs now, or once more after the current run. Does nothing before the start and after the stop. */
  wake(): void {
    this.#isWoken = true;
    if (this.#state === 'waiting' && !this.isStopped) {
      clearTimeout(this.#timer);
      this.#state = 'running';
      this.#runs = this.#outside(async () => this.runUntilRest());
    }
  }

  /** Starts no other run, and waits for the current one. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    clearTimeout(this.#timer);
    await this.#runs;
  }

  private schedule(delayMs: number): void {
    this.#state = 'waiting';
    this.#timer = setTimeout(() => {
      this.wake();
    }, delayMs);
    this.#timer.unref();
  }

  private async runUntilRest(): Promise<void> {
    let restMs = this.settings.intervalMs();
    try {
      do {
        this.#isWoken = false;
        const answer = await this.settings.run(this.#stopping.signal);
        restMs = typeof answer === 'number' ? answer : this.settings.intervalMs();
      } while (this.isDue());
    } catch (error) {
      const { logger, failure } = this.settings;
      logger().error(`${failure}, next try in ${restMs} ms: ${describeError(error)}`);
    }
    if (!this.isStopped) {
      this.schedule(restMs);
    }
  }

  /** A method, since the compiler does not know that `wake` runs during an await. */
  private isDue(): boolean {
    return this.#isWoken && !this.isStopped;
  }
}
