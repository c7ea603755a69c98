import { Injectable } from '@nestjs/common';
import sql, { raw, type Sql } from 'sql-template-tag';
import { BACKGROUND, ConnectionsDatabase } from '../../database/connections-database.js';
import { LossPolicy } from '../losses/loss-policy.service.js';

/** Messages that wait, and those that were given up, up to the number that is asked for. */
interface Backlog {
  /** Messages that wait or are being processed. */
  readonly depth: number;
  /** Seconds since the oldest was stored that is due or was tried, not of one that was put off; 0 when there is none. */
  readonly ageSeconds: number;
  /** Dead letters. */
  readonly dead: number;
}

/** What waits in the database, for a delivery, a check or a person. */
export interface Waiting {
  readonly outbox: Backlog;
  readonly inbox: Backlog;
  readonly losses: { readonly suspected: number; readonly held: number };
}

/** How much is counted: the cost must not grow with an outage. */
interface Extent {
  /** Number of messages up to which is counted. */
  readonly most: number;
  /** Whether dead letters are counted, too; none otherwise. */
  readonly dead: boolean;
}

/** For the figures of operators. */
const ALL: Extent = { most: 10_000, dead: true };

/** For a look at the readiness, which needs the oldest messages only and happens often. */
const FIRST: Extent = { most: 50, dead: false };

/** Columns of the indexes of a queue. */
interface QueueIndexes {
  readonly storedAt: Sql;
  /** In the predicate of the index of due messages. */
  readonly counter: Sql;
  /** The order of the index of dead messages. */
  readonly deadOrder: Sql;
}

const OUTBOX: QueueIndexes = {
  storedAt: sql`created_at`,
  counter: sql`deliveries`,
  deadOrder: sql`position`,
};
const INBOX: QueueIndexes = {
  storedAt: sql`received_at`,
  counter: sql`tries`,
  deadOrder: sql`instance, status`,
};

/** Milliseconds for which a reading is used again: several exporters, and probes, share it. */
const FRESH_MS = 5000;

/** Time limits of each statement. */
const LIMITS = { withinMs: 700, timeoutMs: 700 };

/**
 * Reads what waits, at most once per 5 s in this process.
 *
 * @internal
 */
@Injectable()
export class BacklogService {
  readonly #readings = new Map<Extent, { readonly at: number; readonly waiting: Promise<Waiting> }>();

  constructor(
    private readonly database: ConnectionsDatabase,
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
    // One after the other: a reading must not take more than one session of the host's pool.
    const outbox = await this.countQueue('outbox', OUTBOX, extent);
    const inbox = await this.countQueue('inbox', INBOX, extent);
    return { outbox, inbox, losses: await this.losses.count(LIMITS) };
  }

  /**
   * Reads the index of due messages and that of dead ones, `most` rows of each. The oldest message is the oldest of those that are
   * due first.
   */
  private async countQueue(
    queue: 'outbox' | 'inbox',
    { storedAt, counter, deadOrder }: QueueIndexes,
    { most, dead }: Extent,
  ): Promise<Backlog> {
    const { instance } = this.database;
    const table = this.database.tables[queue];
    const limit = raw(String(most));
    const deadLetters = sql`SELECT count(*)::int FROM (
        SELECT 1 FROM ${table} WHERE instance = ${instance} AND status = 'dead' ORDER BY ${deadOrder} LIMIT ${limit}
      ) ended`;
    const [row] = await this.database.query<Backlog>(
      sql`SELECT count(*)::int AS depth,
        COALESCE(extract(epoch FROM now() - min(first.stored_at) FILTER (WHERE first.is_late)), 0)::int AS "ageSeconds",
        ${dead ? sql`(${deadLetters})` : sql`0`} AS dead
      FROM (
        SELECT ${storedAt} AS stored_at, available_at <= now() OR ${counter} > 0 AS is_late FROM ${table}
        WHERE instance = ${instance} AND status = 'pending' AND ${counter} >= 0
        ORDER BY available_at LIMIT ${limit}
      ) first`,
      { ...BACKGROUND, ...LIMITS },
    );
    return row ?? { depth: 0, ageSeconds: 0, dead: 0 };
  }
}
