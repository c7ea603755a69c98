import { Injectable } from '@nestjs/common';
import { LossPolicy } from '../losses/loss-policy.service.js';
import { BacklogRepository, type Backlog } from './backlog.repository.js';

/** What waits in the database, for a delivery, a check or a person. */
export interface Waiting {
  readonly outbox: Backlog;
  readonly inbox: Backlog;
  readonly losses: { readonly suspected: number; readonly held: number };
}

/** Milliseconds for which a reading is used again: several exporters, and probes, share it. */
const FRESH_MS = 5000;

/** Time limit of each statement, in milliseconds. */
const WITHIN_MS = 700;

/**
 * Reads what waits, at most once per 5 s in this process.
 *
 * @internal
 */
@Injectable()
export class BacklogService {
  #reading: Promise<Waiting> | null = null;
  #readAt = -Infinity;

  constructor(
    private readonly queues: BacklogRepository,
    private readonly losses: LossPolicy,
  ) {}

  /** @throws StorageError */
  async read(): Promise<Waiting> {
    if (this.#reading === null || performance.now() - this.#readAt >= FRESH_MS) {
      this.#readAt = performance.now();
      this.#reading = this.readNow();
      this.#reading.catch(() => {
        // A failure is reported to those that wait for it, and not kept.
        this.#reading = null;
      });
    }
    return this.#reading;
  }

  private async readNow(): Promise<Waiting> {
    const policy = { withinMs: WITHIN_MS, timeoutMs: WITHIN_MS };
    // One after the other: a reading must not take more than one session of the host's pool.
    const outbox = await this.queues.countOutbox(policy);
    const inbox = await this.queues.countInbox(policy);
    return { outbox, inbox, losses: await this.losses.count(policy) };
  }
}
