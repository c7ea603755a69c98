import { setTimeout as sleep } from 'node:timers/promises';

const MAX_WAIT_MS = 5000;
const FIRST_STEP_MS = 50;
const MAX_STEP_MS = 800;

/** Maximum number of attempts that one process polls for repeated callbacks, and of callbacks that wait for one of them. */
const MAX_ATTEMPTS = 100;
const MAX_CALLBACKS = 50;

interface Waiting<T> {
  readonly outcome: Promise<T>;
  callbacks: number;
}

/**
 * Lets repeated callbacks wait for the one that is being completed: all callbacks of an attempt share one polling loop with
 * growing intervals, and their number is limited. A callback above the limit is answered with the current status.
 *
 * @see N25
 * @internal
 */
export class OutcomeWaiter<T> {
  readonly #waiting = new Map<string, Waiting<T>>();

  /** @param pause - waits for some milliseconds */
  constructor(private readonly pause: (ms: number) => Promise<unknown> = sleep) {}

  /**
   * Waits until an attempt is over, or for five seconds.
   *
   * @param known - the attempt as it was found
   * @param refetch - finds it again
   */
  async wait(
    id: string,
    known: T,
    { refetch, isOver }: { refetch: () => Promise<T>; isOver: (found: T) => boolean },
  ): Promise<T> {
    const shared = this.#waiting.get(id);
    if (shared !== undefined) {
      if (shared.callbacks >= MAX_CALLBACKS) {
        return known;
      }
      shared.callbacks += 1;
      return shared.outcome;
    }
    if (this.#waiting.size >= MAX_ATTEMPTS) {
      return known;
    }
    const outcome = this.#poll(known, refetch, isOver).finally(() => this.#waiting.delete(id));
    this.#waiting.set(id, { outcome, callbacks: 1 });
    return outcome;
  }

  async #poll(known: T, refetch: () => Promise<T>, isOver: (found: T) => boolean): Promise<T> {
    let found = known;
    let step = FIRST_STEP_MS;
    for (
      let waited = 0;
      waited < MAX_WAIT_MS && !isOver(found);
      waited += step, step = Math.min(step * 2, MAX_STEP_MS)
    ) {
      await this.pause(step);
      found = await refetch();
    }
    return found;
  }
}
