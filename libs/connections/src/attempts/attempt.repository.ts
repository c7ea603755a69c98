import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { BACKGROUND, ConnectionsDatabase } from '../database/connections-database.js';
import { epochMs, timeOrNull, type EpochMs } from '../database/sql.js';
import type { Transaction } from '../database/unit-of-work.js';
import { traceParent } from '../telemetry/trace-parent.js';
import type { OwnedPowensUser } from '../values/owned-powens-user.js';
import type { Owner } from '../values/owner.js';
import { ABANDONED, type Attempt, type AttemptFlow } from './attempt.js';
import {
  CALLBACK_WITHIN_MS,
  ofState,
  ownedBy,
  presentedBy,
  startedBy,
  type Presented,
} from './attempt.predicates.js';
import {
  POWENS_USER_COLUMNS,
  powensUserOf,
  attemptOf,
  BOUND_COLUMNS,
  EFFECTIVE_STATUS,
  knownAttempt,
  type PowensUserColumns,
  type AttemptRow,
  type KnownAttempt,
  type KnownRow,
} from './attempt.rows.js';

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
  /** JSON. */
  readonly metadata: string;
  readonly lifetimeSeconds: number;
  /** HMAC over the fields of the binding. */
  readonly authenticator: string;
  /** Maximum number of pending attempts per owner, and per browser. */
  readonly maxPending: number;
}

/** Result of an insertion. */
export interface Insertion {
  /** Null when the insertion was refused. */
  readonly expiresAt: Date | null;
  /** Whether the owner or the browser has reached the maximum number of pending attempts. */
  readonly isFull: boolean;
  /** The owner's current Powens user, or null when there is none that can be used. */
  readonly user: OwnedPowensUser | null;
}

/** A browser and an owner that request an attempt. */
export type Asking = Pick<NewAttempt, 'instance' | 'owner' | 'bindingHash' | 'maxPending'>;

interface InsertedRow extends PowensUserColumns {
  expires_ms: EpochMs | null;
  is_full: boolean;
}

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
    const { attempt: table, user } = this.database.tables;
    const isFit = attempt.expectsCode
      ? sql`NOT EXISTS (SELECT 1 FROM known_user)`
      : sql`EXISTS (SELECT 1 FROM known_user WHERE user_status = 'active')`;
    const allowed = existingOnly ? sql`false` : isFit;
    const [row] = await this.database.query<InsertedRow>(sql`
      WITH known_user AS (
        SELECT ${POWENS_USER_COLUMNS}, status AS user_status FROM ${user}
        WHERE ${ownedBy(attempt.instance, attempt.owner)} LIMIT 1
      ), load AS (SELECT ${this.isFull(attempt)} AS is_full), issued AS (
        INSERT INTO ${table} (
          id, instance, tenant, owner_id, flow, status, state_hash, binding_hash, expects_code,
          redirect_uri, return_to, connection_id, connection_ids, exchanges, postponed, connected_by, metadata,
          authenticator, trace_parent, created_at, expires_at
        ) SELECT
          ${attempt.id}::uuid, ${attempt.instance}, ${attempt.owner.tenant}, ${attempt.owner.id}, ${attempt.flow},
          'pending', ${attempt.stateHash}::bytea, ${attempt.bindingHash}::bytea, ${attempt.expectsCode}::boolean,
          ${attempt.redirectUri}, ${attempt.returnTo}, ${attempt.connectionId}::uuid, '[]', 0, 0,
          ${attempt.owner.actor ?? null}, ${attempt.metadata},
          ${attempt.authenticator}, ${traceParent()}, now(), now() + ${attempt.lifetimeSeconds}::int * interval '1 second'
        FROM load WHERE NOT is_full AND ${allowed} RETURNING ${epochMs(sql`expires_at`)} AS expires_ms
      )
      SELECT (SELECT expires_ms FROM issued) AS expires_ms, load.is_full, known_user.*
      FROM load LEFT JOIN known_user ON user_status = 'active'`);
    return row === undefined
      ? { expiresAt: null, isFull: false, user: null }
      : { expiresAt: timeOrNull(row.expires_ms), isFull: row.is_full, user: powensUserOf(row) };
  }

  /** Whether this owner or this browser has reached the limit of pending attempts. */
  async hasNoRoom(asking: Asking): Promise<boolean> {
    const [row] = await this.database.query<{ is_full: boolean }>(
      sql`SELECT ${this.isFull(asking)} AS is_full`,
    );
    return row?.is_full ?? false;
  }

  /** Seconds until one of the pending attempts expires. */
  async secondsToRoom({ instance, owner, bindingHash }: Asking): Promise<number> {
    const { attempt } = this.database.tables;
    const first = (which: Sql): Sql => sql`(
      SELECT min(expires_at) FROM ${attempt} WHERE ${which} AND status = 'pending' AND expires_at > now())`;
    const [row] = await this.database.query<{ seconds: number | null }>(sql`
      SELECT ceil(extract(epoch FROM LEAST(${first(ownedBy(instance, owner))}, ${first(startedBy(instance, bindingHash))}) - now()))::int AS seconds`);
    return Math.max(1, row?.seconds ?? 1);
  }

  /** Stops counting at the limit, and reads only the indexes. */
  private isFull({ instance, owner, bindingHash, maxPending }: Asking): Sql {
    const { attempt } = this.database.tables;
    const pending = (which: Sql): Sql => sql`(SELECT count(*) FROM (
      SELECT 1 FROM ${attempt} WHERE ${which} AND status = 'pending' AND expires_at > now()
      LIMIT ${maxPending}::int) AS pending) >= ${maxPending}::int`;
    return sql`(${pending(ownedBy(instance, owner))} OR ${pending(startedBy(instance, bindingHash))})`;
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
    const { abandon, links, erase } = this.erasure(owner);
    const statement = how.abandon
      ? sql`WITH abandoned AS (${abandon}), unshared AS (${links}) ${erase}`
      : erase;
    await this.database.query(statement, { repeatable: true });
  }

  /** As {@link AttemptRepository.eraseOwner}, in the transaction that ends an erasure: attempts may have been issued since (N24). */
  eraseOwnerIn(owner: Owner, { tx, ...how }: { readonly tx: Transaction; readonly abandon: boolean }): void {
    const { abandon, links, erase } = this.erasure(owner);
    if (how.abandon) {
      tx.add(abandon, 'any');
      tx.add(links, 'any');
    }
    tx.add(erase, 'any');
  }

  private erasure(owner: Owner): { abandon: Sql; links: Sql; erase: Sql } {
    const { instance } = this.database;
    const { attempt, link } = this.database.tables;
    const holding = sql`(sealed_code IS NOT NULL OR sealed_token IS NOT NULL)`;
    return {
      abandon: sql`UPDATE ${attempt} SET error_code = ${ABANDONED},
          lease_expires_at = CASE WHEN lease_token IS NULL THEN now() ELSE lease_expires_at END
        WHERE ${ownedBy(instance, owner)} AND ${holding}`,
      links: sql`DELETE FROM ${link} WHERE ${ownedBy(instance, owner)}`,
      erase: sql`DELETE FROM ${attempt} WHERE ${ownedBy(instance, owner)} AND NOT ${holding}`,
    };
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
        WHERE instance = ${this.database.instance} AND expires_at < now() - ${days}::int * interval '1 day' AND status <> 'claimed'
        ORDER BY expires_at LIMIT ${limit}
      )) RETURNING 1`,
      { ...BACKGROUND, repeatable: true },
    );
    return rows.length;
  }
}
