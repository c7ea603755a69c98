import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { BACKGROUND, ConnectionsDatabase } from '../database/connections-database.js';
import type { Transaction } from '../database/unit-of-work.js';
import type { Owner } from '../values/owner.js';
import {
  TOMBSTONED,
  inSeconds,
  LOCAL_COLUMNS,
  localOf,
  type LocalRow,
} from './connection-changes.repository.js';
import type { RemovalReason } from '../values/verified-ids.js';
import type { LocalConnection } from './remote-diff.js';

/** A connection that its owner may delete, with what proves which bank it is. */
export interface RemovableConnection extends LocalConnection {
  readonly authenticator: string | null;
}

/** A deletion that is meant. */
export interface RemovalIntent {
  /** Why the connection goes: somebody asked for it, or nobody confirmed it. */
  readonly reason: RemovalReason;
  /** Whether it was in quarantine: then a callback that would confirm it may be under way. */
  readonly wasUnconfirmed: boolean;
}

/** An intent as its row says it, and what proves it: to be checked before Powens is told. */
export interface PlannedRemoval extends RemovalIntent {
  readonly connection: LocalConnection;
  readonly authenticator: string | null;
}

interface PlannedRow extends LocalRow {
  unconfirmed: boolean;
  quarantined: boolean;
  removal_authenticator: string | null;
}

/** Longer than a callback takes from its read-back to its commit. */
const BURIED_SECONDS = 600;

/**
 * Deletions of connections, from the intent to the last trace.
 *
 * @see G9
 * @internal
 */
@Injectable()
export class RemovalRepository {
  constructor(private readonly database: ConnectionsDatabase) {}

  /** Finds what an owner may delete: also what is in quarantine, or is being deleted already. */
  async find(owner: Owner, id: string): Promise<RemovableConnection | null> {
    const [row] = await this.database.query<LocalRow & { authenticator: string | null }>(sql`
      SELECT ${LOCAL_COLUMNS}, authenticator FROM ${this.database.tables.connection}
      WHERE id = ${id} AND instance = ${this.database.instance} AND tenant = ${owner.tenant} AND owner_id = ${owner.id}
        AND status <> 'gone' AND NOT ${TOMBSTONED}`);
    return row === undefined ? null : { ...localOf(row), authenticator: row.authenticator };
  }

  /** Finds deletions that were meant and not done: their lease has ended. */
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
   * Makes the intent to delete durable: from here on the connection is gone for everybody but the sweeper.
   *
   * @param request - authorizes what its owner asks for: that is told then, even if its time in quarantine was over; null to go
   *   on with what was meant before
   * @returns the intent as the row says it, which survives a crash; null when it is gone already
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
   * Sets the end of the lease of a deletion anew: later while the work goes on, or, when it failed, the time of the next try.
   * One that ended since, or whose lease ran out, stays as it is.
   */
  async setLease({ id }: Pick<LocalConnection, 'id'>, seconds: number): Promise<void> {
    await this.database.query(
      sql`UPDATE ${this.database.tables.connection} SET leased_until = ${inSeconds(seconds)}
        WHERE id = ${id} AND status = 'deleting' AND leased_until > now()`,
      { repeatable: true },
    );
  }

  /**
   * Ends a deletion. Exactly one transaction does it, for the reason that stands then. The row of a connection that was in quarantine is kept for a while: a
   * callback that read it at Powens just before must meet it here, or it would bring back what is gone.
   */
  end(local: LocalConnection, { wasUnconfirmed, reason }: RemovalIntent, tx: Transaction): void {
    const { connection } = this.database.tables;
    const which = sql`id = ${local.id} AND status = 'deleting' AND NOT ${TOMBSTONED} AND removal_reason = ${reason}`;
    tx.add(
      wasUnconfirmed
        ? sql`UPDATE ${connection}
            SET leased_until = NULL, remove_at = ${inSeconds(BURIED_SECONDS)}, revision = revision + 1 WHERE ${which}`
        : sql`DELETE FROM ${connection} WHERE ${which}`,
      1,
    );
  }

  /** Whether anything in quarantine, or kept after its deletion, has come to its end: mostly nothing has. */
  async isAnyDue(): Promise<boolean> {
    const rows = await this.database.query(
      sql`
      SELECT id FROM ${this.database.tables.connection}
      WHERE instance = ${this.database.instance} AND remove_at <= now() AND (status = 'unconfirmed' OR ${TOMBSTONED}) LIMIT 1`,
      BACKGROUND,
    );
    return rows.length > 0;
  }

  /** Removes rows whose deletion was ended long enough ago. */
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
   * Takes one connection whose time in quarantine is over: nobody can confirm it from here on.
   *
   * @param id - only this one, or whichever is due first
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
