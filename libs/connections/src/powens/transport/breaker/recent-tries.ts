import { CircuitState, type IBreaker } from 'cockatiel';
import type { CircuitBreakerOptions } from '../../../options/powens-options.interface.js';
import type { Clock } from '../clock.js';

/** The tries of one second of the monotonic clock. */
interface Second {
  readonly at: number;
  total: number;
  failed: number;
}

/**
 * Decides when a circuit breaker opens: when more than a percentage of the tries of the last seconds failed, and there were enough
 * of them. A try is forgotten when its time is over, however few follow it.
 *
 * @internal
 */
export class RecentTries implements IBreaker {
  #seconds: Second[] = [];

  constructor(
    private readonly settings: Readonly<
      Required<Pick<CircuitBreakerOptions, 'failurePercent' | 'windowSeconds' | 'minCalls'>>
    >,
    private readonly clock: Clock,
  ) {}

  /** What the policy could be restored from. It is not used: the breakers of a process begin closed. */
  get state(): unknown {
    return this.#seconds;
  }

  set state(seconds: unknown) {
    this.#seconds = seconds as Second[];
  }

  success(state: CircuitState): void {
    if (state === CircuitState.HalfOpen) {
      this.#seconds = [];
    }
    this.add(0);
  }

  failure(state: CircuitState): boolean {
    this.add(1);
    if (state !== CircuitState.Closed) {
      return true;
    }
    const { failurePercent, minCalls } = this.settings;
    const sum = (key: 'total' | 'failed'): number => this.#seconds.reduce((all, one) => all + one[key], 0);
    const total = sum('total');
    return total >= minCalls && sum('failed') > (total * failurePercent) / 100;
  }

  private add(failed: 0 | 1): void {
    const now = Math.floor(this.clock.monotonicMs() / 1000);
    this.#seconds = this.#seconds.filter(({ at }) => at > now - this.settings.windowSeconds);
    let second = this.#seconds.at(-1);
    if (second?.at !== now) {
      second = { at: now, total: 0, failed: 0 };
      this.#seconds.push(second);
    }
    second.total += 1;
    second.failed += failed;
  }
}
