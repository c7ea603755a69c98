const SECOND_MS = 1000;
const MAX_MS = 15 * 60 * SECOND_MS;

/**
 * The user or connection of a webhook is not known yet: its processing is deferred.
 *
 * @internal
 */
export class DeferredError extends Error {
  /** @param maxDelayMs - upper bound of the delay before the next try */
  constructor(
    message: string,
    private readonly maxDelayMs = MAX_MS,
  ) {
    super(message);
  }

  /** Half of the time that it has waited already: frequent tries at first, since the commit usually follows soon, rarer ones later. */
  delayMs(ageSeconds: number): number {
    return Math.round(Math.min(this.maxDelayMs, Math.max(SECOND_MS / 2, (ageSeconds * SECOND_MS) / 2)));
  }
}
