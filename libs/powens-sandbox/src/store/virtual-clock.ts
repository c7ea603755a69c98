/** Real time plus what the tests asked to skip: every expiry in the sandbox reads this clock. */
export class VirtualClock {
  private offsetMs = 0;

  /** @param startsAt - where it starts, in milliseconds since the epoch; now when left out */
  constructor(private readonly startsAt?: number) {
    this.restart();
  }

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

  /** Goes back to where it started. */
  restart(): void {
    this.offsetMs = this.startsAt === undefined ? 0 : this.startsAt - Date.now();
  }

  /** Sets how far this clock runs ahead: a state that was kept. */
  setAheadMs(offsetMs: number): void {
    this.offsetMs = offsetMs;
  }
}
