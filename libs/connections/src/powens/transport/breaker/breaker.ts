import {
  circuitBreaker,
  type CircuitBreakerPolicy,
  CircuitState,
  DelegateBackoff,
  handleType,
  type IHalfOpenAfterBackoffContext,
} from 'cockatiel';
import type { CircuitBreakerOptions } from '../../../options/powens-options.interface.js';
import type { Clock } from '../clock.js';
import { RecentTries } from './recent-tries.js';
import { CircuitOpenError, type OperationClass } from './circuit-open.error.js';

/**
 * `half_open`: one call is on its way, and decides.
 *
 * @internal
 */
export type BreakerState = 'closed' | 'half_open' | 'open';

/** When a breaker opens, and for how long. */
export type BreakerSettings = Readonly<Required<CircuitBreakerOptions>>;

/** The library of the breaker compares the pause with the wall clock, which may be set back: here the pause is measured otherwise. */
const NO_PAUSE_OF_ITS_OWN = -Infinity;

/** Part of a pause by which it varies, so that replicas do not probe at the same moment. */
const JITTER = 0.2;

/** Makes the library of the breaker count an error; every other one it passes on. */
class CountedFailure extends Error {
  constructor(override readonly cause: unknown) {
    super();
  }
}

/**
 * Counts the tries of the last seconds, and lets none pass for a pause when too many of them failed. After the pause one
 * passes, while all others are refused: its success closes the breaker, its failure doubles the pause.
 */
export class Breaker {
  readonly #policy: CircuitBreakerPolicy;
  /** Increases with every change of the state. */
  #epoch = 0;
  #pausedUntilMs = 0;

  constructor(
    private readonly operations: OperationClass,
    settings: BreakerSettings,
    private readonly isFailure: (error: unknown) => boolean,
    private readonly clock: Clock,
  ) {
    const { openSeconds, maxOpenSeconds } = settings;
    const halfOpenAfter = new DelegateBackoff(({ attempt }: IHalfOpenAfterBackoffContext) => {
      const seconds = Math.min(maxOpenSeconds, openSeconds * 2 ** (attempt - 1));
      this.#pausedUntilMs = clock.monotonicMs() + seconds * 1000 * (1 - JITTER * clock.random());
      return NO_PAUSE_OF_ITS_OWN;
    });
    this.#policy = circuitBreaker(handleType(CountedFailure), {
      breaker: new RecentTries(settings, clock),
      halfOpenAfter,
    });
    this.#policy.onStateChange(() => {
      this.#epoch += 1;
    });
  }

  /** For people: an open breaker whose pause is over sends the next call, so that it is half open. */
  get shown(): BreakerState {
    const isPaused = this.#pausedUntilMs > this.clock.monotonicMs();
    return this.state === 'open' && !isPaused ? 'half_open' : this.state;
  }

  get state(): BreakerState {
    switch (this.#policy.state) {
      case CircuitState.Closed:
        return 'closed';
      case CircuitState.HalfOpen:
        return 'half_open';
      default:
        return 'open';
    }
  }

  assertPasses(): void {
    const leftMs = this.#pausedUntilMs - this.clock.monotonicMs();
    const { state } = this;
    if (state === 'half_open' || (state === 'open' && leftMs > 0)) {
      throw new CircuitOpenError(this.operations, Math.max(1, Math.ceil(leftMs / 1000)));
    }
  }

  async run<T>(send: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    // The policy decides in the same turn: no other call can pass between.
    this.assertPasses();
    const isProbe = this.state !== 'closed';
    const epoch = this.#epoch;
    // A call that its caller gave up says nothing about Powens; one that was sent before the breaker opened, nothing about the time after.
    const isUncounted = (): boolean => !isProbe && (signal?.aborted === true || epoch !== this.#epoch);
    try {
      const outcome = await this.#policy.execute(async () => this.#outcomeOf(send, isUncounted, signal));
      return await outcome();
    } catch (error) {
      throw error instanceof CountedFailure ? error.cause : error;
    }
  }

  /** Returns what counts as an answer of Powens, a refusal too, as a function; a failure is thrown. */
  async #outcomeOf<T>(
    send: () => Promise<T>,
    isUncounted: () => boolean,
    signal: AbortSignal | undefined,
  ): Promise<() => T> {
    try {
      const value = await send();
      return () => value;
    } catch (error) {
      if (isUncounted()) {
        throw error;
      }
      // A probe that was given up must not close the breaker.
      if (signal?.aborted === true || this.isFailure(error)) {
        throw new CountedFailure(error);
      }
      return () => {
        throw error;
      };
    }
  }
}
