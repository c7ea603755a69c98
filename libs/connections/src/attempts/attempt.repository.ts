import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { BACKGROUND, ConnectionsDatabase } from '../database/connections-database.js';
import { daysAgo, epochMs, timeOrNull } from '../database/sql.js';
import type { Transaction } from '../database/unit-of-work.js';
import type { Owner } from '../values/owner.js';
import type { Attempt } from './attempt.js';
import { CALLBACK_WITHIN_MS, ofState, ownedBy, presentedBy, type Presented } from './attempt.predicates.js';
import {
  attemptOf,
  type AttemptRow,
  BOUND_COLUMNS,
  EFFECTIVE_STATUS,
  knownAttempt,
  type KnownAttempt,
  type KnownRow,
  powensUserOf,
} from './attempt.rows.js';
import {
  type Asking,
  erasureOf,
  type InsertedRow,
  type Insertion,
  insertionOf,
  isFull,
  type NewAttempt,
  secondsToRoom,
} from './attempt.statements.js';

/**
 * Inserts, finds and removes rows of attempts. Every comparison with the time uses the database's clock (RL-24).
 *
 * @internal
 */
@Injectable()
export class AttemptRepository {
  constructor(private readonly database: ConnectionsDatabase) {}

  /**
   * Stores an attempt, committed when it returns, and returns the owner's Powens user with it. One statement checks both
   * conditions: the limit of pending attempts is not reached; the owner has no Powens user for an attempt that expects a
   * code, and one in use for any other. So an owner who is being erased leaves no attempt behind (N24).
   */
  async insert(attempt: NewAttempt, existingOnly = false): Promise<Insertion> {
    const statement = insertionOf(this.database, attempt, existingOnly);
    const [row] = await this.database.query<InsertedRow>(statement);
    return row === undefined
      ? { expiresAt: null, isFull: false, user: null }
      : { expiresAt: timeOrNull(row.expires_ms), isFull: row.is_full, user: powensUserOf(row) };
  }

  /** Whether this owner or this browser has reached the limit of pending attempts. */
  async hasNoRoom(asking: Asking): Promise<boolean> {
    const [row] = await this.database.query<{ is_full: boolean }>(
      sql`SELECT ${isFull(this.database.tables.attempt, asking)} AS is_full`,
    );
    return row?.is_full ?? false;
  }

  /** Seconds until one of the pending attempts expires. */
  async secondsToRoom(asking: Asking): Promise<number> {
    const statement = secondsToRoom(this.database.tables.attempt, asking);
    const [row] = await this.database.query<{ seconds: number | null }>(statement);
    return Math.max(1, row?.seconds ?? 1);
  }

  /** Finds the attempt of this browser's state, in any status. */
  async findPresented(presented: Presented): Promise<KnownAttempt | null> {
    return this.findKnown(presentedBy(presented));
  }

  /** Finds the attempt of a state, in any status and of any browser: it proves nothing about who asks. */
  async findByState(stateHash: Buffer): Promise<KnownAttempt | null> {
    return this.findKnown(ofState({ instance: this.database.instance, stateHash }));
  }

  private async findKnown(which: Sql): Promise<KnownAttempt | null> {
    const { attempt } = this.database.tables;
    const [row] = await this.database.query<KnownRow>(
      sql`SELECT ${BOUND_COLUMNS}, ${EFFECTIVE_STATUS} AS status, code_hash FROM ${attempt} WHERE ${which}`,
      { withinMs: CALLBACK_WITHIN_MS },
    );
    return row === undefined ? null : knownAttempt(row);
  }

  /** Finds an attempt of an owner by its id, without reading all attempts of the owner. */
  async findOne(owner: Owner, id: string): Promise<Attempt | null> {
    const { attempt } = this.database.tables;
    const [row] = await this.database.query<AttemptRow>(sql`
      SELECT id, flow, ${EFFECTIVE_STATUS} AS status, connection_ids, error_code,
        ${epochMs(sql`created_at`)} AS created_ms, ${epochMs(sql`expires_at`)} AS expires_ms,
        ${epochMs(sql`completed_at`)} AS completed_ms
      FROM (SELECT * FROM ${attempt} WHERE id = ${id} OFFSET 0) found WHERE ${ownedBy(this.database.instance, owner)}`);
    return row === undefined ? null : attemptOf(row);
  }

  /** Whether an owner has an attempt whose callback may still arrive, or is being completed. */
  async isAnyOpen(owner: Owner): Promise<boolean> {
    const { attempt } = this.database.tables;
    const rows = await this.database.query(sql`
      SELECT 1 FROM ${attempt}
      WHERE ${ownedBy(this.database.instance, owner)} AND ${EFFECTIVE_STATUS} IN ('pending', 'claimed') LIMIT 1`);
    return rows.length === 1;
  }

  /**
   * Removes every attempt of an owner: a callback in progress finds nothing to complete. An attempt that holds a code or a
   * token is kept; with `abandon` it is marked, so that what it created at Powens is undone even if a process dies, and the owner's
   * share links are removed, too.
   */
  async eraseOwner(owner: Owner, how: { readonly abandon: boolean }): Promise<void> {
    const { abandon, links, erase } = erasureOf(this.database, owner);
    const statement = how.abandon
      ? sql`WITH abandoned AS (${abandon}), unshared AS (${links}) ${erase}`
      : erase;
    await this.database.query(statement, { repeatable: true });
  }

  /** As {@link AttemptRepository.eraseOwner}, in the transaction that ends an erasure: attempts may have been issued since (N24). */
  eraseOwnerIn(owner: Owner, { tx, ...how }: { readonly tx: Transaction; readonly abandon: boolean }): void {
    const { abandon, links, erase } = erasureOf(this.database, owner);
    if (how.abandon) {
      tx.add(abandon, 'any');
      tx.add(links, 'any');
    }
    tx.add(erase, 'any');
  }

  /**
   * Removes attempts that expired more than `days` ago, ended or not. One that is still being completed is kept.
   *
   * @returns how many were removed: fewer than `limit` when there are no more
   */
  async purge(days: number, limit: number): Promise<number> {
    const { attempt } = this.database.tables;
    const rows = await this.database.query(
      sql`DELETE FROM ${attempt} WHERE id = ANY(ARRAY(
        SELECT id FROM ${attempt}
        WHERE instance = ${this.database.instance} AND expires_at < ${daysAgo(days)} AND status <> 'claimed'
        ORDER BY expires_at LIMIT ${limit}
      )) RETURNING 1`,
      { ...BACKGROUND, repeatable: true },
    );
    return rows.length;
  }
}
