import { Injectable } from '@nestjs/common';
import { LossPolicy } from '../losses/loss-policy.service.js';
import { BacklogRepository, type Backlog, type Extent } from './backlog.repository.js';

/** What waits in the database, for a delivery, a check or a person. */
export interface Waiting {
  readonly outbox: Backlog;
  readonly inbox: Backlog;
  readonly losses: { readonly suspected: number; readonly held: number };
}

/** Milliseconds for which a reading is used again: several exporters, and probes, share it. */
const FRESH_MS = 5000;

/** For the figures of operators. */
const ALL: Extent = { most: 10_000, dead: true };

/** For a look at the readiness, which needs the oldest messages only and happens often. */
const FIRST: Extent = { most: 50, dead: false };

/** Time limit of each statement, in milliseconds. */
const WITHIN_MS = 700;

/**
 * Reads what waits, at most once per 5 s in this process.
 *
 * @internal
 */
@Injectable()
export class BacklogService {
  readonly #readings = new Map<Extent, { readonly at: number; readonly waiting: Promise<Waiting> }>();

  constructor(
    private readonly queues: BacklogRepository,
    private readonly losses: LossPolicy,
  ) {}

  /**
   * Counts what waits, 10 000 of each kind at most.
   *
   * @throws StorageError
   */
  async count(): Promise<Waiting> {
    return this.read(ALL);
  }

  /**
   * Reads how long the oldest waits; its numbers are those of the first few.
   *
   * @throws StorageError
   */
  async oldest(): Promise<Waiting> {
    return this.read(FIRST);
  }

  private async read(extent: Extent): Promise<Waiting> {
    const known = this.#readings.get(extent);
    if (known !== undefined && performance.now() - known.at < FRESH_MS) {
      return known.waiting;
    }
    const waiting = this.readNow(extent);
    this.#readings.set(extent, { at: performance.now(), waiting });
    waiting.catch(() => {
      // A failure is reported to those that wait for it, and not kept.
      this.#readings.delete(extent);
    });
    return waiting;
  }

  private async readNow(extent: Extent): Promise<Waiting> {
    const policy = { withinMs: WITHIN_MS, timeoutMs: WITHIN_MS };
    // One after the other: a reading must not take more than one session of the host's pool.
    const outbox = await this.queues.countOutbox(extent, policy);
    const inbox = await this.queues.countInbox(extent, policy);
    return { outbox, inbox, losses: await this.losses.count(policy) };
  }
}
