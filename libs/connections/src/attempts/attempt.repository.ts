import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { ConnectionsDatabase } from '../database/connections-database.js';
import { epochMs, timeOf, type EpochMs } from '../database/sql.js';
import type { Transaction } from '../database/unit-of-work.js';
import { StorageError } from '../errors/index.js';
import type { ConnectionMetadata } from '../values/metadata.js';
import type { Owner } from '../values/owner.js';
import type { Attempt, AttemptFlow, ClaimedAttempt } from './attempt.js';
import {
  attemptOf,
  claimedAttempt,
  knownAttempt,
  type AttemptRow,
  type ClaimedRow,
  type KnownAttempt,
  type KnownRow,
} from './attempt.rows.js';

/** Milliseconds for which a callback waits for a database that restarts: its browser may not come a second time. */
const CALLBACK_WITHIN_MS = 15_000;

/** What is stored when an attempt is issued. */
export interface NewAttempt {
  readonly id: string;
  readonly instance: string;
  readonly owner: Owner;
  readonly flow: AttemptFlow;
  readonly stateHash: Buffer;
  readonly bindingHash: Buffer;
  readonly expectsCode: boolean;
  readonly redirectUri: string;
  readonly returnTo: string | null;
  readonly connectionId: string | null;
  readonly metadata: ConnectionMetadata;
  readonly lifetimeSeconds: number;
}

/** What a browser presents at the callback. */
export interface Presented {
  readonly instance: string;
  readonly stateHash: Buffer;
  readonly bindingHash: Buffer;
}

/** How an attempt ends without a connection. */
export interface AttemptEnd {
  readonly status: 'denied' | 'failed' | 'unknown';
  readonly error: string;
}

/**
 * Rows of attempts. Every comparison with the clock is made by the database's (RL-24).
 *
 * @internal
 */
@Injectable()
export class AttemptRepository {
  constructor(private readonly database: ConnectionsDatabase) {}

  /** Stores an attempt. Committed when it returns. */
  async insert(attempt: NewAttempt): Promise<{ expiresAt: Date }> {
    const { attempt: table } = this.database.tables;
    const [row] = await this.database.query<{ expires_ms: EpochMs }>(sql`
      INSERT INTO ${table} (
        id, instance, tenant, owner_id, flow, status, state_hash, binding_hash, expects_code,
        redirect_uri, return_to, connection_id, connection_ids, connected_by, metadata, created_at, expires_at
      ) VALUES (
        ${attempt.id}, ${attempt.instance}, ${attempt.owner.tenant}, ${attempt.owner.id}, ${attempt.flow},
        'pending', ${attempt.stateHash}, ${attempt.bindingHash}, ${attempt.expectsCode},
        ${attempt.redirectUri}, ${attempt.returnTo}, ${attempt.connectionId}, '[]',
        ${attempt.owner.actor ?? null}, ${JSON.stringify(attempt.metadata)},
        now(), now() + ${attempt.lifetimeSeconds}::int * interval '1 second'
      ) RETURNING ${epochMs(sql`expires_at`)} AS expires_ms`);
    if (row === undefined) {
      throw new StorageError(null, null);
    }
    return { expiresAt: timeOf(row.expires_ms) };
  }

  /**
   * Claims a pending attempt: one conditional statement that holds state, binding, instance, status and expiry, so
   * that a request without the right cookie cannot burn the state (OA-05). Brings the owner's account along.
   *
   * An attempt that no code is exchanged for may be claimed again when the process that had claimed it disappeared: all
   * it does at Powens is read. Otherwise the connection that was made in the webview would never be known here.
   *
   * @returns null when no row fits
   */
  async claim(
    presented: Presented,
    claim: { codeHash: Buffer | null; principal: Owner | null; leaseSeconds: number },
  ): Promise<ClaimedAttempt | null> {
    const { attempt, user } = this.database.tables;
    const principal = claim.principal?.id ?? null;
    const [row] = await this.database.query<ClaimedRow>(
      sql`
      WITH claimed AS (
        UPDATE ${attempt}
        SET status = 'claimed', code_hash = ${claim.codeHash},
          lease_expires_at = now() + ${claim.leaseSeconds}::int * interval '1 second'
        WHERE ${presentedBy(presented)} AND expires_at > now()
          AND (status = 'pending' OR (status = 'claimed' AND NOT expects_code AND lease_expires_at <= now()))
          AND (${principal}::text IS NULL OR (owner_id = ${principal} AND tenant = ${claim.principal?.tenant ?? null}))
        RETURNING id, instance, tenant, owner_id, flow, expects_code, redirect_uri, return_to, connection_id,
          ${epochMs(sql`created_at`)} AS created_ms, connected_by, metadata
      )
      SELECT claimed.*, account.id AS user_id, account.powens_user_id, account.sealed_token
      FROM claimed LEFT JOIN LATERAL (
        SELECT id, powens_user_id, sealed_token FROM ${user}
        WHERE instance = claimed.instance AND tenant = claimed.tenant AND owner_id = claimed.owner_id
          AND status = 'active' LIMIT 1
      ) account ON true`,
      { withinMs: CALLBACK_WITHIN_MS },
    );
    return row === undefined ? null : claimedAttempt(row);
  }

  /** Finds what this browser's state belongs to, whatever became of it. */
  async findPresented(presented: Presented): Promise<KnownAttempt | null> {
    const { attempt } = this.database.tables;
    const [row] = await this.database.query<KnownRow>(
      sql`
      SELECT id, tenant, owner_id, ${effectiveStatus} AS status, return_to, code_hash
      FROM ${attempt} WHERE ${presentedBy(presented)}`,
      { withinMs: CALLBACK_WITHIN_MS },
    );
    return row === undefined ? null : knownAttempt(row);
  }

  /** Finds an attempt of an owner. */
  async findOne(instance: string, owner: Owner, id: string): Promise<Attempt | null> {
    const { attempt } = this.database.tables;
    const [row] = await this.database.query<AttemptRow>(sql`
      SELECT id, flow, ${effectiveStatus} AS status, connection_ids, error_code,
        ${epochMs(sql`created_at`)} AS created_ms, ${epochMs(sql`expires_at`)} AS expires_ms,
        ${epochMs(sql`completed_at`)} AS completed_ms
      FROM ${attempt}
      WHERE id = ${id} AND instance = ${instance} AND tenant = ${owner.tenant} AND owner_id = ${owner.id}`);
    return row === undefined ? null : attemptOf(row);
  }

  /** Whether an owner has an attempt whose callback may still come, or is being completed right now. */
  async isAnyOpen(instance: string, owner: Owner): Promise<boolean> {
    const { attempt } = this.database.tables;
    const rows = await this.database.query(sql`
      SELECT 1 FROM ${attempt}
      WHERE instance = ${instance} AND tenant = ${owner.tenant} AND owner_id = ${owner.id}
        AND ${effectiveStatus} IN ('pending', 'claimed') LIMIT 1`);
    return rows.length === 1;
  }

  /** Gives a claimed attempt back, when it is certain that Powens processed nothing (RL-13). */
  async release(id: string): Promise<void> {
    const { attempt } = this.database.tables;
    await this.database.query(sql`
      UPDATE ${attempt} SET status = 'pending', code_hash = NULL, lease_expires_at = NULL
      WHERE id = ${id} AND status = 'claimed'`);
  }

  /** Removes every attempt of an owner: a callback under way finds nothing to complete. */
  async eraseOwner(instance: string, owner: Owner): Promise<void> {
    const { attempt } = this.database.tables;
    await this.database.query(
      sql`
      DELETE FROM ${attempt}
      WHERE instance = ${instance} AND tenant = ${owner.tenant} AND owner_id = ${owner.id}`,
      { repeatable: true },
    );
  }

  /** Removes attempts that ended, or could not, more than `days` ago. */
  async purge(instance: string, days: number, limit: number): Promise<void> {
    const { attempt } = this.database.tables;
    await this.database.query(
      sql`
      DELETE FROM ${attempt} WHERE id IN (
        SELECT id FROM ${attempt}
        WHERE instance = ${instance} AND expires_at < now() - ${days}::int * interval '1 day'
        ORDER BY expires_at LIMIT ${limit}
      )`,
      { repeatable: true },
    );
  }

  /** Ends a claimed attempt with its connections. */
  connect(id: string, connectionIds: readonly string[], tx: Transaction): void {
    const { attempt } = this.database.tables;
    tx.add(
      sql`UPDATE ${attempt}
        SET status = 'connected', connection_ids = ${JSON.stringify(connectionIds)}, completed_at = now()
        WHERE id = ${id} AND status = 'claimed'`,
      1,
    );
  }

  /** Ends a claimed attempt without a connection. */
  end(id: string, end: AttemptEnd, tx: Transaction): void {
    const { attempt } = this.database.tables;
    tx.add(
      sql`UPDATE ${attempt} SET status = ${end.status}, error_code = ${end.error}, completed_at = now()
        WHERE id = ${id} AND status = 'claimed'`,
      1,
    );
  }
}

/**
 * Status as it counts: a pending attempt past its time is expired, a claim whose process disappeared is unknown.
 * Computed, so that it is true before any sweeper has run.
 */
const effectiveStatus: Sql = sql`CASE
  WHEN status = 'pending' AND expires_at <= now() THEN 'expired'
  WHEN status = 'claimed' AND lease_expires_at <= now() THEN 'unknown'
  ELSE status END`;

function presentedBy(presented: Presented): Sql {
  return sql`instance = ${presented.instance} AND state_hash = ${presented.stateHash}
    AND binding_hash = ${presented.bindingHash}`;
}
