/** How one attempt ended. */
export type AttemptEnd = 'acknowledged' | 'failed' | 'timeout' | 'dropped';

/** What a queue works with. */
export interface QueueWork {
  /** Attempts one delivery; never rejects. */
  attempt(id: number): Promise<AttemptEnd>;
  limits(): { parallelism: number; paused: boolean; failures: number; timeouts: number };
}

/**
 * The deliveries of one registration, in order. A new one is attempted at once; what fails waits for the next run of the
 * flusher. After too many failures in a row, or timeouts, nothing is attempted until that run.
 *
 * @see protocol notes, section 7.3, "Retry engine"
 */
export class DeliveryQueue {
  private queue: number[] = [];
  /** Where the queue begins: taking from the front of an array moves all the rest. */
  private head = 0;
  private failed: number[] = [];
  private readonly inFlight = new Set<number>();
  private readonly waiters = new Map<number, (() => void)[]>();
  private failures = 0;
  private timeouts = 0;
  private isResting = false;
  /** How many may pass although everything is held back. */
  private released = 0;
  private isScheduled = false;

  constructor(private readonly work: QueueWork) {}

  /** Puts a delivery at the end. */
  add(id: number): void {
    this.queue.push(id);
    this.schedule();
  }

  /** Puts a delivery back that was attempted before a restart: it waits for the flusher. */
  addFailed(id: number): void {
    this.failed.push(id);
  }

  /** How many are not acknowledged. */
  get pending(): number {
    return this.queue.length - this.head + this.failed.length + this.inFlight.size;
  }

  /** The deliveries that are being attempted. */
  underWay(): number[] {
    return [...this.inFlight];
  }

  /** Resolves after the next attempt of a delivery, or once it is clear that there will be none for now. */
  attempted(id: number): Promise<void> {
    return new Promise((resolve) => {
      this.waiters.set(id, [...(this.waiters.get(id) ?? []), resolve]);
      this.schedule();
    });
  }

  /** Ends a rest, for what is in the queue. */
  wake(): void {
    this.isResting = false;
    this.failures = 0;
    this.timeouts = 0;
    this.schedule();
  }

  /**
   * The flusher's run: whatever is not acknowledged is attempted again, in order. `isForced` lets it pass although
   * everything is held back. Returns the deliveries it is about to attempt.
   */
  run(isForced = false, order: (one: number, other: number) => number = ascending): number[] {
    this.queue = [...this.failed, ...this.queue.slice(this.head)].sort(order);
    this.head = 0;
    this.failed = [];
    this.released = isForced ? this.queue.length : this.released;
    this.wake();
    return [...this.queue];
  }

  /** Forgets everything; attempts under way come to nothing. */
  clear(): void {
    this.queue = [];
    this.head = 0;
    this.failed = [];
    this.released = 0;
    this.answerWaiters();
  }

  /** Not at once: the request that causes a delivery is answered, and durable, before it is attempted. */
  private schedule(): void {
    if (!this.isScheduled) {
      this.isScheduled = true;
      setImmediate(() => {
        this.isScheduled = false;
        this.pump();
      });
    }
  }

  private pump(): void {
    while (this.mayStart()) {
      const id = this.take();
      this.inFlight.add(id);
      this.work.attempt(id).then(
        (end) => this.settle(id, end),
        () => this.settle(id, 'failed'),
      );
    }
    if (this.inFlight.size === 0) {
      this.answerWaiters();
    }
  }

  private mayStart(): boolean {
    const { parallelism, paused } = this.work.limits();
    const isFree = this.head < this.queue.length && this.inFlight.size < parallelism;
    return isFree && !this.isResting && (!paused || this.released > 0);
  }

  private take(): number {
    const id = this.queue[this.head] ?? -1;
    this.head += 1;
    this.released = Math.max(0, this.released - 1);
    if (this.head === this.queue.length || this.head > 1000) {
      this.queue = this.queue.slice(this.head);
      this.head = 0;
    }
    return id;
  }

  private settle(id: number, end: AttemptEnd): void {
    this.inFlight.delete(id);
    if (end === 'acknowledged') {
      this.failures = 0;
    } else if (end !== 'dropped') {
      this.failed.push(id);
      this.count(end);
    }
    this.waiters.get(id)?.forEach((resolve) => resolve());
    this.waiters.delete(id);
    this.pump();
  }

  private count(end: 'failed' | 'timeout'): void {
    const { failures, timeouts } = this.work.limits();
    this.failures += 1;
    this.timeouts += end === 'timeout' ? 1 : 0;
    this.isResting = this.isResting || this.failures >= failures || this.timeouts >= timeouts;
  }

  private answerWaiters(): void {
    const all = [...this.waiters.values()].flat();
    this.waiters.clear();
    all.forEach((resolve) => resolve());
  }
}

function ascending(one: number, other: number): number {
  return one - other;
}
