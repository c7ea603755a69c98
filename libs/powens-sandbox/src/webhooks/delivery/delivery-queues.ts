import { DeliveryQueue } from './delivery-queue.js';
import type { QueueWork } from './delivery-queue.js';

/** A delivery, and the queue it goes in. */
export interface QueuePlace {
  id: number;
  idRegistration: number;
}

/** One queue for each registration, made when it is first needed. */
export class DeliveryQueues {
  private readonly queues = new Map<number, DeliveryQueue>();
  private idleWaiters: (() => void)[] = [];

  constructor(private readonly work: QueueWork) {}

  /** The queue of a registration. */
  of(idRegistration: number): DeliveryQueue {
    const queue = this.queues.get(idRegistration) ?? new DeliveryQueue(this.work);
    this.queues.set(idRegistration, queue);
    return queue;
  }

  /** Does something to every queue. */
  forEach(act: (queue: DeliveryQueue) => void): void {
    this.queues.forEach(act);
  }

  /** Deliveries picked from every queue. */
  pick(from: (queue: DeliveryQueue) => number[]): QueuePlace[] {
    return [...this.queues].flatMap(([idRegistration, queue]) =>
      from(queue).map((id) => ({ id, idRegistration })),
    );
  }

  /** Resolves after the next attempt of each, or once it is clear that there will be none for now. */
  async attempted(places: readonly QueuePlace[]): Promise<void> {
    await Promise.all(places.map(({ id, idRegistration }) => this.of(idRegistration).attempted(id)));
  }

  /** Takes one queue away, or all of them. */
  remove(idRegistration?: number): void {
    for (const [id, queue] of this.queues) {
      if (idRegistration === undefined || idRegistration === id) {
        queue.clear();
        this.queues.delete(id);
      }
    }
    this.checkIdle();
  }

  /** Resolves when no queue holds anything. */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      this.idleWaiters.push(resolve);
      this.checkIdle();
    });
  }

  /** Something may have been the last. */
  checkIdle(): void {
    if ([...this.queues.values()].every((queue) => queue.pending === 0)) {
      const waiters = this.idleWaiters;
      this.idleWaiters = [];
      waiters.forEach((resolve) => resolve());
    }
  }
}
