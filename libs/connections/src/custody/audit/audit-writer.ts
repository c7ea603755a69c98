import type { Logger } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { Poller } from '../../background/poller.js';
import type { DatabaseSession } from '../../database/connections-database.js';
import type { AuditEntry } from '../../options/audit.interface.js';
import { loggerOf } from '../../options/registration/logger-of.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { oneLineOf } from '../../values/one-line.js';
import type { KeyRing } from '../crypto/key-ring.js';
import { chainFrom, DROPPED, nextHead, ownEntry, type QueuedEntry } from './audit-chain.js';
import type { AuditRepository } from './audit.repository.js';

const INTERVAL_MS = 1000;
const BATCH = 500;

/** Entries that wait while the database is away. */
const MAX_QUEUED = 10_000;

const MAX_OPERATION = 128;
const MAX_NAME = 255;

/**
 * Writes the audit trail: collects entries in memory, so that no operation waits for another, and appends them in batches to the
 * chain of the instance. What cannot be kept while the database is away is counted, and the chain says how many are missing.
 *
 * @internal
 */
export class AuditWriter {
  readonly #logger: Logger;
  readonly #queue: QueuedEntry[] = [];
  #dropped = 0;
  /** A commit whose outcome is unknown: what it held may be written already. */
  #isDoubtful = false;
  #writing: Promise<void> = Promise.resolve();
  readonly #poller = new Poller({
    logger: () => this.#logger,
    failure: 'The audit trail cannot be written',
    intervalMs: () => INTERVAL_MS,
    run: async () => this.flush(),
  });

  constructor(
    private readonly options: Pick<ResolvedOptions, 'instance' | 'auditTrail'>,
    private readonly rows: AuditRepository,
    private readonly ring: KeyRing,
  ) {
    this.#logger = loggerOf('ConnectionsAudit', options);
  }

  /** Writes from now on what is added, every second. */
  start(): void {
    if (this.options.auditTrail.enabled) {
      this.#poller.start(INTERVAL_MS);
    }
  }

  /** Writes what is left. Entries of requests that end later are written at once. */
  async stop(): Promise<void> {
    await this.#poller.stop();
    await this.flush().catch(() => {
      this.reportLack();
    });
  }

  private reportLack(): void {
    this.#logger.error(`The audit trail lacks ${this.#queue.length + this.#dropped} entries of this process`);
  }

  /** Adds an entry, which is written soon. Does nothing unless the trail is enabled. */
  add(entry: AuditEntry): void {
    if (!this.options.auditTrail.enabled) {
      return;
    }
    if (this.#queue.length >= MAX_QUEUED) {
      this.#dropped += 1;
      return;
    }
    this.#queue.push({ id: uuidv7(), entry: bounded(entry) });
    if (this.#poller.isStopped) {
      this.flush().catch(() => {
        this.reportLack();
      });
    } else if (this.#queue.length >= BATCH && !this.#isDoubtful) {
      this.#poller.wake();
    }
  }

  /** Adds an entry that concerns no owner. */
  addOwn(operation: string): void {
    this.add({
      ...ownEntry(operation, this.options.instance, new Date().getTime()),
      initiator: 'application',
    });
  }

  /**
   * Writes everything that waits.
   *
   * @throws StorageError; CustodyError `key_unavailable`. What was not written waits further
   */
  async flush(): Promise<void> {
    const writing = this.#writing.catch(() => undefined).then(async () => this.writeAll());
    this.#writing = writing;
    await writing;
  }

  private async writeAll(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#queue.slice(0, BATCH);
      try {
        await this.rows.change(async (session) => this.append(session, batch));
      } catch (error) {
        this.#isDoubtful = true;
        throw error;
      }
      this.#isDoubtful = false;
      this.#queue.splice(0, batch.length);
      this.reportDropped();
    }
  }

  /** An entry as every other one, in the place of those that are missing: with an id, so that it is written once. */
  private reportDropped(): void {
    if (this.#dropped > 0) {
      const entry = ownEntry(`${DROPPED} ${this.#dropped}`, this.options.instance, new Date().getTime());
      this.#queue.push({ id: uuidv7(), entry });
      this.#dropped = 0;
    }
  }

  private async append(session: DatabaseSession, batch: readonly QueuedEntry[]): Promise<void> {
    const { instance } = this.options;
    const end = await this.rows.end(session);
    const known = this.#isDoubtful
      ? await this.rows.written(
          session,
          batch.map(({ id }) => id),
        )
      : new Set<string>();
    const entries = batch.filter(({ id }) => !known.has(id));
    const { rows, isInterrupted } = chainFrom(end, { instance, entries, ring: this.ring });
    if (isInterrupted) {
      this.#logger.error(
        'SECURITY: the audit trail does not end as this library left it: rows were removed or changed from outside. ' +
          'It continues after an entry "audit.interrupted". See npx connections audit verify.',
      );
    }
    if (rows.length > 0) {
      await this.rows.insert(session, rows);
      await this.rows.putHead(session, nextHead(end, rows, { instance, ring: this.ring }));
    }
  }
}

/** Texts of the host: a row has room for them, and a query of an operator shows one line. */
function bounded(entry: AuditEntry): AuditEntry {
  return {
    ...entry,
    actor: entry.actor === null ? null : oneLineOf(entry.actor, MAX_NAME),
    operation: oneLineOf(entry.operation, MAX_OPERATION) ?? 'unnamed',
  };
}
