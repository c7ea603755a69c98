import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { Poller } from '../../background/poller.js';
import { RESOLVED_OPTIONS } from '../../connections.constants.js';
import { CustodyError, ConnectionsError } from '../../errors/index.js';
import type { AuditEntry } from '../../options/audit.interface.js';
import { loggerOf } from '../../options/registration/logger-of.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import { KeyRing } from '../crypto/key-ring.js';
import { authenticateErasure, isAuthentic } from './audit-authenticator.js';
import { endsAsLeft, signed } from './audit-chain.js';
import { AuditRepository, type ErasedOwner } from './audit.repository.js';
import type { AuditHead, AuditRow } from './audit.rows.js';
import { AuditWriter } from './audit-writer.js';
import { AuditVerification, type AuditReport, type AuditVerifyOptions } from './audit-verification.js';

const INTERVAL_MS = 60_000;
const PUBLISH_EVERY_MS = 3_600_000;
const BATCH = 1000;

/** Verifications that a purge may interrupt. */
const MAX_RUNS = 5;

const EXPECTED = /^([1-9]\d{0,17}):(au1\.hs256\.[A-Za-z0-9_.-]{1,120})$/;

/**
 * The audit trail: entries are written soon after they are added, in a chain that is verified. It ends the retention of its rows,
 * anonymises those of erased owners, and publishes its head in the log.
 *
 * @internal
 */
@Injectable()
export class AuditTrail implements OnApplicationBootstrap, BeforeApplicationShutdown, OnModuleDestroy {
  readonly #logger: Logger;
  readonly #writer: AuditWriter;
  #published = '';
  #publishedAtMs = -Infinity;
  readonly #poller = new Poller({
    logger: () => this.#logger,
    failure: 'The audit trail cannot be kept',
    intervalMs: () => INTERVAL_MS,
    run: async (signal) => this.keep(signal),
  });

  constructor(
    @Inject(RESOLVED_OPTIONS)
    private readonly options: Pick<ResolvedOptions, 'instance' | 'auditTrail' | 'lifecycle'>,
    private readonly rows: AuditRepository,
    private readonly ring: KeyRing,
  ) {
    this.#logger = loggerOf('ConnectionsAudit', options);
    this.#writer = new AuditWriter(options, rows, ring);
  }

  onApplicationBootstrap(): void {
    this.#writer.start();
    // Also where the trail is no longer written: what it holds has a retention.
    if (this.options.lifecycle.sweeper) {
      this.#poller.start();
    }
  }

  async onModuleDestroy(): Promise<void> {
    await this.#poller.stop();
  }

  /** Writes what is left. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.#writer.stop();
  }

  /** Adds an entry. Does nothing unless the trail is enabled. */
  add(entry: AuditEntry): void {
    this.#writer.add(entry);
  }

  /** Adds an entry that concerns no owner. */
  addOwn(operation: string): void {
    this.#writer.addOwn(operation);
  }

  /**
   * Reads the whole trail and checks every row.
   *
   * @throws ConnectionsError `invalid_request` when `expect` is no head; StorageError
   */
  async verify({ expect, ...options }: AuditVerifyOptions = {}): Promise<AuditReport> {
    const expected = expect === undefined ? null : expectedOf(expect);
    for (let run = 1; ; run += 1) {
      const report = await new AuditVerification(this.rows, this.ring, expected).run(options);
      const purged = (await this.rows.head())?.purgedPosition.toString() ?? '0';
      // The retention removed rows while they were read.
      if (report.intact || purged === report.purgedPosition || run === MAX_RUNS) {
        return report;
      }
    }
  }

  /** One round of what is due. */
  async keep(signal?: AbortSignal): Promise<void> {
    const isStopped = (): boolean => signal?.aborted === true;
    if (this.options.auditTrail.anonymiseErased) {
      for (const owner of await this.rows.erasedOwners(BATCH)) {
        if (isStopped()) return;
        await this.anonymise(owner);
      }
    }
    await this.rows.endErasures();
    try {
      for (let removed = BATCH; removed === BATCH && !isStopped();) {
        removed = await this.purge();
      }
    } finally {
      await this.publish();
    }
  }

  private async anonymise(owner: ErasedOwner): Promise<void> {
    for (;;) {
      const ids = await this.rows.idsOf(owner, BATCH);
      if (ids.length === 0) return;
      await this.rows.anonymise(
        ids.map((id) => ({ id, mac: authenticateErasure(this.options.instance, id, this.ring) })),
      );
    }
  }

  /**
   * Removes one batch of old rows from the beginning of the trail. They are verified first: a purge must not remove the proof
   * that others changed them.
   */
  private async purge(): Promise<number> {
    const { instance, auditTrail } = this.options;
    const removed = await this.rows.change(async (session) => {
      const old = await this.rows.old(session, auditTrail.retentionDays, BATCH);
      const last = old.at(-1);
      if (last === undefined) {
        return 0;
      }
      const end = await this.rows.end(session);
      if (end.head === null || !endsAsLeft(end, instance, this.ring) || !this.areAuthentic(old, end.head)) {
        this.#logger.error(
          'SECURITY: old rows of the audit trail are kept, since the trail is not as it was written. ' +
            'See npx connections audit verify.',
        );
        return 0;
      }
      await this.rows.remove(session, last.position);
      const { position, mac } = end.head;
      const next = { position, mac, purgedPosition: last.position, purgedMac: last.mac };
      await this.rows.putHead(session, signed(next, instance, this.ring));
      return old.length;
    });
    return removed ?? 0;
  }

  /** A row whose key was given up can be neither proven nor disproven; it must not stay for good. Its position is checked. */
  private isAuthentic(row: AuditRow, previous: string): boolean {
    try {
      return isAuthentic(row, { instance: this.options.instance, previous }, this.ring);
    } catch (error) {
      if (!(error instanceof CustodyError && error.code === 'key_unavailable')) throw error;
      this.#logger.warn(
        `The key of row ${row.position} of the audit trail is missing: it was removed unverified.`,
      );
      return true;
    }
  }

  private areAuthentic(rows: readonly AuditRow[], { purgedPosition, purgedMac }: AuditHead): boolean {
    let [position, previous] = [purgedPosition, purgedMac];
    return rows.every((row) => {
      const holds = row.position === position + 1n && this.isAuthentic(row, previous);
      ({ position, mac: previous } = row);
      return holds;
    });
  }

  /** A log that is kept elsewhere proves later that the trail still contains this row. */
  private async publish(): Promise<void> {
    if (performance.now() - this.#publishedAtMs < PUBLISH_EVERY_MS) {
      return;
    }
    const head = await this.rows.head();
    const text = head === null || head.position === 0n ? '' : `${head.position}:${head.mac}`;
    if (text !== this.#published) {
      this.#logger.log(`Head of the audit trail: ${text}`);
      this.#published = text;
      this.#publishedAtMs = performance.now();
    }
  }
}

function expectedOf(text: string): { position: bigint; mac: string } {
  const [, position, mac] = EXPECTED.exec(text) ?? [];
  if (position === undefined || mac === undefined) {
    throw new ConnectionsError(
      'invalid_request',
      'The expected head is none: give "position:authenticator", as a report or the log has it.',
    );
  }
  return { position: BigInt(position), mac };
}
