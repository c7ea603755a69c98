import type { Clock } from '../clock.js';
import type { PowensCall } from '../powens-call.js';
import { Breaker, type BreakerSettings, type BreakerState } from './breaker.js';
import type { OperationClass } from './circuit-open.error.js';

/** What the breakers of a registration are at. */
export type BreakerStates = Readonly<Record<OperationClass, BreakerState>>;

/**
 * The breakers of one registration, one per class of operations.
 *
 * @see RL-13, RL-18
 * @internal
 */
export class CircuitBreakers {
  readonly #breakers: Readonly<Record<OperationClass, Breaker>>;

  /** @param isFailure - whether an error says that Powens does not work; a refusal does not */
  constructor(settings: BreakerSettings, isFailure: (error: unknown) => boolean, clock: Clock) {
    const breakerOf = (operations: OperationClass): Breaker =>
      new Breaker(operations, settings, isFailure, clock);
    this.#breakers = {
      reads: breakerOf('reads'),
      writes: breakerOf('writes'),
      exchanges: breakerOf('exchanges'),
    };
  }

  states(): BreakerStates {
    const { reads, writes, exchanges } = this.#breakers;
    return { reads: reads.shown, writes: writes.shown, exchanges: exchanges.shown };
  }

  /**
   * Refuses a call before it waits for a free connection.
   *
   * @throws CircuitOpenError
   */
  assertPasses(call: PowensCall): void {
    this.#breakers[classOf(call)].assertPasses();
  }

  /**
   * Sends one try of a call, and counts its outcome.
   *
   * @throws CircuitOpenError instead of sending it; otherwise what `send` throws
   */
  run<T>(call: PowensCall, send: () => Promise<T>): Promise<T> {
    return this.#breakers[classOf(call)].run(send, call.signal);
  }
}

function classOf({ method, operation }: PowensCall): OperationClass {
  if (operation === '/auth/token/access') {
    return 'exchanges';
  }
  return method === 'GET' ? 'reads' : 'writes';
}
