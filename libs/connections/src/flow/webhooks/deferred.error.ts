const SECOND_MS = 1000;
const MAX_MS = 15 * 60 * SECOND_MS;

/**
 * A webhook is about somebody, or something, that is not known yet: it waits.
 *
 * @internal
 */
export class DeferredError extends Error {
  /** @param mostMs - the longest it shall wait before it is looked at again */
  constructor(
    message: string,
    private readonly mostMs = MAX_MS,
  ) {
    super(message);
  }

  /** Half as long again as it has waited already: soon at first, since a commit usually follows, and rarely later. */
  delayMs(ageSeconds: number): number {
    return Math.round(Math.min(this.mostMs, Math.max(SECOND_MS / 2, (ageSeconds * SECOND_MS) / 2)));
  }
}
