import type { ConnectionEvent } from '../events/index.js';
import type { EventPublisher } from '../options/index.js';
import { asking } from './broker-errors.js';
import { encoded, type BrokerPublisherOptions } from './event-encoding.js';

/**
 * A queue of BullMQ.
 *
 * @public
 */
export interface BullMqQueue {
  /** Adds a job; resolves when Redis has it. */
  add(name: string, data: object, options: { jobId: string }): Promise<unknown>;
}

/**
 * Adds a job to a queue of BullMQ for each event: its name is the type, its data the event, its id the id of the event. A repeat
 * is ignored as long as the queue keeps the job, which `removeOnComplete` decides.
 *
 * Jobs are in order only for a worker with `concurrency: 1`. Redis must persist (`appendonly yes`) for an event to survive it.
 *
 * @public
 */
export class BullMqPublisher implements EventPublisher {
  constructor(
    private readonly queue: BullMqQueue,
    private readonly options: BrokerPublisherOptions = {},
  ) {}

  async publish(event: ConnectionEvent): Promise<void> {
    const { body } = encoded(event, this.options);
    await asking('BullMQ', async () => this.queue.add(event.type, body, { jobId: event.id }));
  }
}
