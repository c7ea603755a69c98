import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { BACKGROUND, ConnectionsDatabase } from '../database/connections-database.js';
import { inSeconds } from '../database/sql.js';
import type { Transaction } from '../database/unit-of-work.js';
import type { Owner } from '../values/owner.js';
import { LOCAL_COLUMNS, localOf, TOMBSTONED, type LocalRow } from './connection.rows.js';
import type { RemovalReason } from '../values/verified-ids.js';
import type { LocalConnection } from './remote-diff.js';

/** A connection that its owner may delete, with the authenticator that proves which bank it is. */
export interface RemovableConnection extends LocalConnection {
  readonly authenticator: string | null;
}

/** An intended deletion. */
export interface RemovalIntent {
  /** Reason of the deletion: its owner requested it, or it was not confirmed in time. */
  readonly reason: RemovalReason;
  /** Whether it was in quarantine: then a callback that would confirm it may be in progress. */
  readonly wasUnconfirmed: boolean;
}

/** An intent as its row states it, with its authenticator: to be checked before the deletion is sent to Powens. */
export interface PlannedRemoval extends RemovalIntent {
  readonly connection: LocalConnection;
  readonly authenticator: string | null;
}

interface PlannedRow extends LocalRow {
  unconfirmed: boolean;
  quarantined: boolean;
  removal_authenticator: string | null;
}

/** Longer than a callback needs from its read-back to its commit. */
const TOMBSTONE_SECONDS = 600;

/**
 * Deletions of connections, from the intent to the removal of the row, and the end of what is kept of gone connections.
 *
 * @see G9
 * @internal
 */
@Injectable()
export class RemovalRepository {
  constructor(private readonly database: ConnectionsDatabase) {}

  /** Finds a connection that an owner may delete: also one in quarantine, or one that is already being deleted. */
  async find(owner: Owner, id: string): Promise<RemovableConnection | null> {
    const [row] = await this.database.query<LocalRow & { authenticator: string | null }>(sql`
      SELECT ${LOCAL_COLUMNS}, authenticator FROM ${this.database.tables.connection}
      WHERE id = ${id} AND instance = ${this.database.instance} AND tenant = ${owner.tenant} AND owner_id = ${owner.id}
        AND status <> 'gone' AND NOT ${TOMBSTONED}`);
    return row === undefined ? null : { ...localOf(row), authenticator: row.authenticator };
  }

  /** Finds deletions that were intended and not completed: their lease has ended. */
  async findInterrupted(limit: number): Promise<readonly LocalConnection[]> {
    const rows = await this.database.query<LocalRow>(
      sql`
      SELECT ${LOCAL_COLUMNS} FROM ${this.database.tables.connection}
      WHERE instance = ${this.database.instance} AND status = 'deleting' AND leased_until <= now() ORDER BY leased_until LIMIT ${limit}`,
      BACKGROUND,
    );
    return rows.map(localOf);
  }

  /**
   * Makes the intent to delete durable: from here on only the sweeper sees the connection.
   *
   * @param request - authorizes the owner's request: it becomes the reported reason, even if the quarantine was over; null to
   *   resume an earlier intent
   * @returns the intent as the row states it, which survives a crash; null when the connection is already deleted
   */
  async markDeleting(
    { id }: Pick<LocalConnection, 'id'>,
    leaseSeconds: number,
    request: string | null,
  ): Promise<PlannedRemoval | null> {
    const isRequested = request !== null;
    const [row] = await this.database.query<PlannedRow>(
      sql`
      UPDATE ${this.database.tables.connection}
      SET status = 'deleting', leased_until = ${inSeconds(leaseSeconds)}, revision = revision + 1,
        removal_reason = CASE WHEN ${isRequested}::boolean THEN 'requested' ELSE removal_reason END,
        removal_authenticator = COALESCE(${request}, removal_authenticator)
      WHERE id = ${id} AND NOT ${TOMBSTONED}
        AND (status = 'deleting' OR (${isRequested}::boolean AND status IN ('active', 'unconfirmed')))
      RETURNING ${LOCAL_COLUMNS}, removal_reason = 'unconfirmed' AS unconfirmed, remove_at IS NOT NULL AS quarantined,
        removal_authenticator`,
      { repeatable: true },
    );
    return row === undefined ? null : plannedOf(row);
  }

  /**
   * Sets a new end of the lease of a deletion: a later time during the work or, after a failure, the time of the next try. A
   * deletion that was completed since, or whose lease expired, is not changed.
   */
  async setLease({ id }: Pick<LocalConnection, 'id'>, seconds: number): Promise<void> {
    await this.database.query(
      sql`UPDATE ${this.database.tables.connection} SET leased_until = ${inSeconds(seconds)}
        WHERE id = ${id} AND status = 'deleting' AND leased_until > now()`,
      { repeatable: true },
    );
  }

  /**
   * Completes a deletion. Exactly one transaction succeeds, with the reason that is stored then. The row of a connection that was
   * in quarantine is kept for a while: a callback that read it at Powens just before must find the row, or it would insert the
   * deleted connection again.
   */
  end(local: LocalConnection, { wasUnconfirmed, reason }: RemovalIntent, tx: Transaction): void {
    const { connection } = this.database.tables;
    const which = sql`id = ${local.id} AND status = 'deleting' AND NOT ${TOMBSTONED} AND removal_reason = ${reason}`;
    tx.add(
      wasUnconfirmed
        ? sql`UPDATE ${connection}
            SET leased_until = NULL, remove_at = ${inSeconds(TOMBSTONE_SECONDS)}, revision = revision + 1 WHERE ${which}`
        : sql`DELETE FROM ${connection} WHERE ${which}`,
      1,
    );
  }

  /** Whether a quarantine, or the retention of a deleted row, has ended: usually none has. */
  async isAnyDue(): Promise<boolean> {
    const rows = await this.database.query(
      sql`
      SELECT id FROM ${this.database.tables.connection}
      WHERE instance = ${this.database.instance} AND remove_at <= now() AND (status = 'unconfirmed' OR ${TOMBSTONED}) LIMIT 1`,
      BACKGROUND,
    );
    return rows.length > 0;
  }

  /** Removes rows of completed deletions whose retention ended. */
  async purgeTombstones(limit: number): Promise<void> {
    const { connection } = this.database.tables;
    await this.database.query(
      sql`
      DELETE FROM ${connection} WHERE id = ANY(ARRAY(
        SELECT id FROM ${connection} WHERE instance = ${this.database.instance} AND remove_at <= now() AND ${TOMBSTONED} LIMIT ${limit}
      ))`,
      { ...BACKGROUND, repeatable: true },
    );
  }

  /**
   * Reduces connections whose retention ended to a tombstone: the owner and the ids. Without it, a connection that Powens finds
   * again would be unattributed: quarantined, and finally deleted at Powens.
   *
   * @returns how many
   */
  async clearDetails(limit: number): Promise<number> {
    const { connection } = this.database.tables;
    const due = sql`instance = ${this.database.instance} AND status = 'gone' AND remove_at <= now()`;
    // Every run of the sweeper calls this, and rarely is a row due: a read costs less than a statement that may write.
    const look = sql`SELECT 1 FROM ${connection} WHERE ${due} LIMIT 1`;
    if ((await this.database.query(look, BACKGROUND)).length === 0) {
      return 0;
    }
    const rows = await this.database.query(
      sql`
      UPDATE ${connection}
      SET remove_at = NULL, connector_name = NULL, state = NULL, last_synced_at = NULL, expires_at = NULL, expiry_notified_for = NULL,
        silence_notified_at = NULL, sync_not_before = NULL, attempt_id = NULL, connected_by = NULL, metadata = NULL,
        revision = revision + 1
      WHERE id = ANY(ARRAY(
        SELECT id FROM ${connection} WHERE ${due}
        LIMIT ${limit} FOR UPDATE SKIP LOCKED
      )) RETURNING id`,
      BACKGROUND,
    );
    return rows.length;
  }

  /**
   * Takes one connection whose quarantine is over: from here on it cannot be confirmed.
   *
   * @param id - only this one; without it, the first that is due
   * @returns null when there is none
   */
  async takeDue(leaseSeconds: number, id: string | null): Promise<LocalConnection | null> {
    const { connection } = this.database.tables;
    const [row] = await this.database.query<LocalRow>(
      sql`
      UPDATE ${connection}
      SET status = 'deleting', removal_reason = 'unconfirmed', leased_until = ${inSeconds(leaseSeconds)},
        revision = revision + 1
      WHERE status = 'unconfirmed' AND id = (
        SELECT id FROM ${connection}
        WHERE instance = ${this.database.instance} AND status = 'unconfirmed' AND remove_at <= now()
          AND (${id}::uuid IS NULL OR id = ${id}::uuid)
        ORDER BY remove_at LIMIT 1 FOR UPDATE SKIP LOCKED
      )
      RETURNING ${LOCAL_COLUMNS}`,
      BACKGROUND,
    );
    return row === undefined ? null : localOf(row);
  }
}

function plannedOf(row: PlannedRow): PlannedRemoval {
  return {
    connection: localOf(row),
    reason: row.unconfirmed ? 'unconfirmed' : 'requested',
    wasUnconfirmed: row.quarantined,
    authenticator: row.removal_authenticator,
  };
}
