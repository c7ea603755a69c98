import { setTimeout as sleep } from 'node:timers/promises';

const MAX_WAIT_MS = 5000;
const FIRST_STEP_MS = 50;
const MAX_STEP_MS = 800;

/** Attempts that one process looks at for repeated callbacks, and callbacks that wait for one of them. */
const MAX_ATTEMPTS = 100;
const MAX_CALLBACKS = 50;

interface Waiting<T> {
  readonly outcome: Promise<T>;
  callbacks: number;
}

/**
 * Lets repeated callbacks wait for the one that is being completed: one look at a time for all that repeat an attempt, with
 * steps that grow, and no more of them than a cap. What does not wait is answered as things stand.
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
   * @param known - as it was found
   * @param look - finds it again
   */
  async wait(
    id: string,
    known: T,
    { look, isOver }: { look: () => Promise<T>; isOver: (found: T) => boolean },
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
    const outcome = this.#poll(known, look, isOver).finally(() => this.#waiting.delete(id));
    this.#waiting.set(id, { outcome, callbacks: 1 });
    return outcome;
  }

  async #poll(known: T, look: () => Promise<T>, isOver: (found: T) => boolean): Promise<T> {
    let found = known;
    let step = FIRST_STEP_MS;
    for (
      let waited = 0;
      waited < MAX_WAIT_MS && !isOver(found);
      waited += step, step = Math.min(step * 2, MAX_STEP_MS)
    ) {
      await this.pause(step);
      found = await look();
    }
    return found;
  }
}
