/** Real time plus what the tests asked to skip: every expiry in the sandbox reads this clock. */
export class VirtualClock {
  private offsetMs = 0;

  /** Now, in milliseconds since the epoch. */
  now(): number {
    return Date.now() + this.offsetMs;
  }

  /** How far this clock runs ahead of the machine's. */
  get aheadMs(): number {
    return this.offsetMs;
  }

  /** Moves the clock on. */
  advance(seconds: number): void {
    this.offsetMs += seconds * 1000;
  }

  /** Sets how far this clock runs ahead: a restart, or a reset. */
  setAheadMs(offsetMs: number): void {
    this.offsetMs = offsetMs;
  }
}
