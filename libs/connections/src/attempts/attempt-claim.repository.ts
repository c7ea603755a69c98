import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { ConnectionsDatabase } from '../database/connections-database.js';
import { inSeconds } from '../database/sql.js';
import type { Transaction } from '../database/unit-of-work.js';
import type { Owner } from '../values/owner.js';
import { ABANDONED, MAX_EXCHANGES, type AttemptLease, type ClaimedAttempt } from './attempt.js';
import {
  alreadyClaimed,
  ANSWER_LOST_SECONDS,
  CALLBACK_WITHIN_MS,
  ended,
  heldBy,
  type Lease,
  leased,
  ownedBy,
  type Presented,
  presentedBy,
} from './attempt.predicates.js';
import { POWENS_USER_COLUMNS } from './attempt.rows.js';
import { CLAIMED_COLUMNS, claimedAttempt, type ClaimedRow } from './claimed-attempt.rows.js';

/** What a claim stores of the callback. */
export interface NewClaim extends Lease {
  readonly codeHash: Buffer | null;
  /** The sealed code, kept until the attempt ends, to recover from a lost process or a lost answer (RL-04). */
  readonly sealedCode: string | null;
  readonly connectionIds: readonly string[];
  readonly error: string | null;
  readonly principal: Owner | null;
}

/** How an attempt ends without a connection. */
export interface AttemptEnd {
  readonly status: 'denied' | 'failed' | 'unknown';
  readonly error: string;
  /** The Powens user that could not be deleted, `?` when its id is unknown; null when nothing remains. */
  readonly orphan?: string | null;
}

/**
 * Claims and ends attempts. Every comparison with the time uses the database's clock (RL-24), and every write of a holder
 * checks the fencing token of its claim.
 *
 * @internal
 */
@Injectable()
export class AttemptClaimRepository {
  constructor(private readonly database: ConnectionsDatabase) {}

  /**
   * Claims an attempt: one conditional statement that holds state, binding, instance, status and expiry, so that a request
   * without the right cookie cannot consume the state (OA-05). Returns the owner's Powens user with it.
   *
   * An attempt that was claimed before is claimed again when its process died or its completion was postponed, and it can
   * still be completed: its token is stored, or its code may be sent once more. The stored callback is used then, and a
   * callback with another code does not match.
   *
   * @returns null when no row matches
   */
  async claim(presented: Presented, claim: NewClaim): Promise<ClaimedAttempt | null> {
    const { attempt } = this.database.tables;
    const principal = claim.principal?.id ?? null;
    return this.claimed(sql`
      UPDATE ${attempt} AS claimed
      SET status = 'claimed', code_hash = ${claim.codeHash},
        sealed_code = CASE WHEN status = 'pending' AND expects_code THEN ${claim.sealedCode} ELSE sealed_code END,
        claimed_ids = CASE status WHEN 'pending' THEN ${JSON.stringify(claim.connectionIds)} ELSE claimed_ids END,
        error_code = CASE status WHEN 'pending' THEN ${claim.error} ELSE error_code END,
        ${leased(claim)}
      WHERE ${presentedBy(presented)} AND error_code IS DISTINCT FROM ${ABANDONED} AND (
          (status = 'pending' AND expires_at > now())
          OR (status = 'claimed' AND code_hash IS NOT DISTINCT FROM ${claim.codeHash}::bytea
            AND (lease_token IS NULL OR lease_expires_at <= now())
            AND (NOT expects_code OR sealed_token IS NOT NULL OR exchanges < ${MAX_EXCHANGES}::int))
          OR ${alreadyClaimed(claim)})
        AND (${principal}::text IS NULL OR (owner_id = ${principal} AND tenant = ${claim.principal?.tenant ?? null}))
      RETURNING claimed.*`);
  }

  /** Claims one attempt whose process died or whose postponed completion is due; null when there is none. */
  async claimDue(lease: Lease): Promise<ClaimedAttempt | null> {
    const { instance } = this.database;
    return this.claimOne(
      sql`instance = ${instance} AND status = 'claimed' AND lease_expires_at <= now() ORDER BY lease_expires_at`,
      lease,
    );
  }

  /**
   * As {@link AttemptClaimRepository.claimDue}, of one owner who is being erased: an attempt that was not postponed since, and
   * that no process is completing.
   */
  async claimAbandoned(owner: Owner, lease: Lease): Promise<ClaimedAttempt | null> {
    const { instance } = this.database;
    return this.claimOne(
      sql`${ownedBy(instance, owner)} AND status = 'claimed' AND error_code = ${ABANDONED}
        AND lease_expires_at <= now() ORDER BY lease_expires_at`,
      lease,
    );
  }

  /** Prefers the attempt that this lease holds already: the statement runs again when its answer was lost. */
  private async claimOne(which: Sql, lease: Lease): Promise<ClaimedAttempt | null> {
    const { attempt } = this.database.tables;
    return this.claimed(sql`
      UPDATE ${attempt} AS claimed
      SET ${leased(lease)}
      WHERE id = COALESCE(
        (SELECT id FROM ${attempt}
          WHERE instance = ${this.database.instance} AND lease_expires_at > ${inSeconds(lease.leaseSeconds - ANSWER_LOST_SECONDS)}
            AND ${alreadyClaimed(lease)} LIMIT 1),
        (SELECT id FROM ${attempt} WHERE ${which} LIMIT 1 FOR UPDATE SKIP LOCKED))
      RETURNING claimed.*`);
  }

  /** The Powens user is looked up per row: a join could be planned as a scan while the tables have no statistics. */
  private async claimed(update: Sql): Promise<ClaimedAttempt | null> {
    const { user } = this.database.tables;
    const [row] = await this.database.query<ClaimedRow>(
      sql`WITH claimed AS (${update})
      SELECT ${CLAIMED_COLUMNS}, known_user.*
      FROM claimed LEFT JOIN LATERAL (
        SELECT ${POWENS_USER_COLUMNS} FROM ${user}
        WHERE instance = claimed.instance AND tenant = claimed.tenant AND owner_id = claimed.owner_id
          AND status = 'active' LIMIT 1) known_user ON true`,
      { withinMs: CALLBACK_WITHIN_MS, repeatable: true },
    );
    return row === undefined ? null : claimedAttempt(row);
  }

  /**
   * Stores a token that was just obtained with its attempt: its code cannot be used again. A process that lost its lease
   * may still pass its token to a holder that has none.
   *
   * @returns whether it is stored, and whether the lease is still held
   */
  async keepToken(lease: AttemptLease, sealedToken: string): Promise<'kept' | 'handed_over' | 'refused'> {
    const { attempt } = this.database.tables;
    const [row] = await this.database.query<{ held: boolean }>(
      sql`UPDATE ${attempt} SET sealed_token = ${sealedToken}, sealed_code = NULL
        WHERE id = ${lease.id} AND status = 'claimed' AND (lease_token = ${lease.leaseToken} OR sealed_token IS NULL)
        RETURNING lease_token IS NOT DISTINCT FROM ${lease.leaseToken}::uuid AS held`,
      { withinMs: CALLBACK_WITHIN_MS, repeatable: true },
    );
    return row === undefined ? 'refused' : row.held ? 'kept' : 'handed_over';
  }

  /** Extends a lease during the work. @returns false when another process holds it */
  async extend(lease: AttemptLease, seconds: number): Promise<boolean> {
    return this.touched(lease, sql`lease_expires_at = ${inSeconds(seconds)}`);
  }

  /** Checks whether the lease is still held, and whether the owner was erased meanwhile. */
  async findHeld(lease: AttemptLease): Promise<'held' | 'abandoned' | 'lost'> {
    const { attempt } = this.database.tables;
    const [row] = await this.database.query<{ abandoned: boolean }>(sql`
      SELECT error_code IS NOT DISTINCT FROM ${ABANDONED} AS abandoned FROM ${attempt} WHERE ${heldBy(lease)}`);
    return row === undefined ? 'lost' : row.abandoned ? 'abandoned' : 'held';
  }

  /** Releases a claimed attempt, when the same callback can complete it later (RL-13). The exchange was not made. */
  async release(lease: AttemptLease): Promise<boolean> {
    return this.touched(
      lease,
      sql`status = 'pending', code_hash = NULL, sealed_code = NULL, claimed_ids = NULL, error_code = NULL,
        exchanges = 0, lease_token = NULL, lease_expires_at = NULL`,
      sql`AND sealed_token IS NULL`,
    );
  }

  /**
   * Postpones the completion: any process may resume it, the sweeper after a delay that grows each time up to ten minutes.
   *
   * @param unsent - whether the exchange that this claim counted was certainly not processed
   */
  async postpone(lease: AttemptLease, unsent: boolean): Promise<boolean> {
    return this.touched(
      lease,
      sql`exchanges = exchanges - ${unsent ? 1 : 0}::int, postponed = postponed + 1, lease_token = NULL,
        lease_expires_at = now() + LEAST(power(2, LEAST(postponed, 10)), 600)::int * interval '1 second'`,
    );
  }

  /** Removes an attempt whose owner was erased. */
  async remove(lease: AttemptLease): Promise<void> {
    const { attempt } = this.database.tables;
    await this.database.query(sql`DELETE FROM ${attempt} WHERE ${heldBy(lease)}`, { repeatable: true });
  }

  /** Ends a claimed attempt with its connections. */
  connect(lease: AttemptLease, connectionIds: readonly string[], tx: Transaction): void {
    const { attempt } = this.database.tables;
    tx.add(
      sql`UPDATE ${attempt}
        SET status = 'connected', connection_ids = ${JSON.stringify(connectionIds)}, error_code = NULL, ${ended}
        WHERE ${heldBy(lease)} AND error_code IS DISTINCT FROM ${ABANDONED}`,
      1,
    );
  }

  /** Ends a claimed attempt without a connection. */
  end(lease: AttemptLease, end: AttemptEnd, tx: Transaction): void {
    const { attempt } = this.database.tables;
    // A token that another process stored meanwhile must not be removed with the row.
    const tokenless = end.status === 'unknown' ? sql`AND sealed_token IS NULL` : sql``;
    tx.add(
      sql`UPDATE ${attempt}
        SET status = ${end.status}, error_code = ${end.error}, orphan = ${end.orphan ?? null}, ${ended}
        WHERE ${heldBy(lease)} ${tokenless}`,
      1,
    );
  }

  /** Finds the token that is stored with an attempt; undefined when there is no such claimed attempt. */
  async findKeptToken(id: string): Promise<string | null | undefined> {
    const { attempt } = this.database.tables;
    const [row] = await this.database.query<{ sealed_token: string | null }>(
      sql`SELECT sealed_token FROM ${attempt} WHERE id = ${id} AND status = 'claimed'`,
    );
    return row?.sealed_token;
  }

  private async touched(lease: AttemptLease, change: Sql, condition: Sql = sql``): Promise<boolean> {
    const { attempt } = this.database.tables;
    const rows = await this.database.query(
      sql`UPDATE ${attempt} SET ${change} WHERE ${heldBy(lease)} ${condition} RETURNING 1`,
    );
    return rows.length === 1;
  }
}
