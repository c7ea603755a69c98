import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import {
  BACKGROUND,
  ConnectionsDatabase,
  type DatabaseSession,
} from '../../database/connections-database.js';
import { epochMs } from '../../database/sql.js';
import {
  AUDIT_COLUMNS,
  auditRowOf,
  HEAD_COLUMNS,
  headOf,
  type AuditColumns,
  type AuditHead,
  type AuditRow,
  type HeadColumns,
} from './audit.rows.js';

/** The end of a chain as it is stored, and the time of the database. */
export interface ChainEnd {
  readonly head: AuditHead | null;
  readonly last: AuditRow | null;
  readonly nowMs: number;
}

/** An owner whose rows are to be anonymised, and until when their operations count as those before the erasure. */
export interface ErasedOwner {
  readonly ownerId: string;
  readonly tenant: string;
  readonly untilMs: number;
}

/** Milliseconds after an erasure for which an operation of the owner may still end in another process. */
const LATE_MS = 60_000;

/** Minutes after which every process has written what it had to record when the owner was erased. */
const SETTLED_MINUTES = 10;

/**
 * The rows of the audit trail. Chains are extended and shortened under a lock that all processes share: a row names the one before,
 * so two processes cannot extend a chain at the same time.
 *
 * @internal
 */
@Injectable()
export class AuditRepository {
  constructor(private readonly database: ConnectionsDatabase) {}

  get instance(): string {
    return this.database.instance;
  }

  /** Runs a change of a chain under its lock, in one transaction. */
  async change<T>(change: (session: DatabaseSession) => Promise<T>): Promise<T | null> {
    return this.database.exclusively({ name: 'audit', wait: true }, change);
  }

  async end(session: DatabaseSession): Promise<ChainEnd> {
    const { instance } = this;
    const times = await session.run<{ now: string }>(sql`SELECT ${epochMs(sql`clock_timestamp()`)} AS now`);
    const heads = await session.run<HeadColumns>(this.selectHead());
    const rows = await session.run<AuditColumns>(
      sql`SELECT ${AUDIT_COLUMNS} FROM ${this.table} WHERE instance = ${instance} AND position > 0 ORDER BY position DESC LIMIT 1`,
      BACKGROUND,
    );
    return {
      head: heads[0] === undefined ? null : headOf(heads[0]),
      last: rows[0] === undefined ? null : auditRowOf(rows[0]),
      nowMs: Number(times[0]?.now),
    };
  }

  /** Ids that are written already, of a batch whose commit may have succeeded. */
  async written(session: DatabaseSession, ids: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await session.run<{ id: string }>(
      sql`SELECT id FROM ${this.table} WHERE id = ANY(${ids}::uuid[])`,
    );
    return new Set(rows.map(({ id }) => id));
  }

  async insert(session: DatabaseSession, rows: readonly AuditRow[]): Promise<void> {
    const all = <T>(of: (row: AuditRow) => T): T[] => rows.map(of);
    await session.run(sql`INSERT INTO ${this.table} (instance, id, position, ended_at, recorded_at, owner_id, tenant, actor, salt,
        identity, initiator, operation, connection_id, outcome, mac)
      SELECT ${this.instance}, id, place::bigint, ended::timestamptz, recorded::timestamptz, owner_id, tenant, actor, salt,
        identity, initiator, operation, connection_id, outcome, mac
      FROM unnest(${all(({ id }) => id)}::uuid[], ${all(({ position }) => position.toString())}::text[],
        ${all(({ endedMs }) => isoOf(endedMs))}::text[], ${all(({ recordedMs }) => isoOf(recordedMs))}::text[],
        ${all(({ owner }) => owner?.ownerId ?? null)}::text[], ${all(({ owner }) => owner?.tenant ?? null)}::text[],
        ${all(({ owner }) => owner?.actor ?? null)}::text[], ${all(({ owner }) => owner?.salt ?? null)}::text[],
        ${all(({ identity }) => identity)}::text[], ${all(({ initiator }) => initiator)}::text[],
        ${all(({ operation }) => operation)}::text[], ${all(({ connectionId }) => connectionId)}::uuid[],
        ${all(({ outcome }) => outcome)}::text[], ${all(({ mac }) => mac)}::text[])
        entry (id, place, ended, recorded, owner_id, tenant, actor, salt, identity, initiator, operation, connection_id, outcome, mac)`);
  }

  async putHead(session: DatabaseSession, head: AuditHead): Promise<void> {
    const { position, mac, purgedPosition, purgedMac, authenticator } = head;
    await session.run(sql`INSERT INTO ${this.database.tables.auditHead}
        (chain, position, mac, purged_position, purged_mac, authenticator)
      VALUES (${this.instance}, ${position.toString()}::bigint, ${mac}, ${purgedPosition.toString()}::bigint, ${purgedMac},
        ${authenticator})
      ON CONFLICT (chain) DO UPDATE SET position = EXCLUDED.position, mac = EXCLUDED.mac,
        purged_position = EXCLUDED.purged_position, purged_mac = EXCLUDED.purged_mac, authenticator = EXCLUDED.authenticator`);
  }

  async head(): Promise<AuditHead | null> {
    const [head] = await this.database.query<HeadColumns>(this.selectHead());
    return head === undefined ? null : headOf(head);
  }

  /** Rows after a position, in their order. */
  async after(position: bigint, limit: number): Promise<AuditRow[]> {
    const rows = await this.database.query<AuditColumns>(this.selectAfter(position, limit), BACKGROUND);
    return rows.map(auditRowOf);
  }

  /** The first rows that are older than the retention, which are to be removed. */
  async old(session: DatabaseSession, days: number, limit: number): Promise<AuditRow[]> {
    const first = async (count: number): Promise<(AuditColumns & { old: boolean })[]> =>
      session.run(
        sql`SELECT ${AUDIT_COLUMNS}, recorded_at < now() - ${days}::int * interval '1 day' AS old FROM ${this.table}
          WHERE instance = ${this.instance} AND position > 0 ORDER BY position LIMIT ${count}`,
        BACKGROUND,
      );
    // Mostly the first row is young, and no other is read.
    if ((await first(1))[0]?.old !== true) {
      return [];
    }
    const rows = await first(limit);
    const kept = rows.findIndex(({ old }) => !old);
    return rows.slice(0, kept === -1 ? rows.length : kept).map(auditRowOf);
  }

  async remove(session: DatabaseSession, last: bigint): Promise<void> {
    await session.run(
      sql`DELETE FROM ${this.table} WHERE instance = ${this.instance} AND position > 0 AND position <= ${last.toString()}::bigint`,
      BACKGROUND,
    );
  }

  /** Owners who were erased some time ago, and whose rows still name them. */
  async erasedOwners(limit: number): Promise<ErasedOwner[]> {
    const rows = await this.database.query<{ owner_id: string; tenant: string; ended: string }>(
      sql`SELECT owner_id, tenant, ${epochMs(sql`erased_at`)} AS ended FROM ${this.erasures} erasure
        WHERE instance = ${this.instance} AND erased_at < now() - ${SETTLED_MINUTES}::int * interval '1 minute'
          AND EXISTS (${this.selectRowsOfErased()}) LIMIT ${limit}`,
      BACKGROUND,
    );
    return rows.map(({ owner_id: ownerId, tenant, ended }) => ({
      ownerId,
      tenant,
      untilMs: Number(ended) + LATE_MS,
    }));
  }

  /** Forgets erasures whose rows are anonymised, once no process can still write one. */
  async endErasures(): Promise<void> {
    await this.database.query(
      sql`DELETE FROM ${this.erasures} erasure
        WHERE instance = ${this.instance} AND erased_at < now() - interval '1 day' AND NOT EXISTS (${this.selectRowsOfErased()})`,
      { ...BACKGROUND, repeatable: true },
    );
  }

  /** Ids of an owner's rows, for their anonymisation. */
  async idsOf({ ownerId, tenant, untilMs }: ErasedOwner, limit: number): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(
      sql`SELECT id FROM ${this.table} WHERE owner_id = ${ownerId} AND tenant = ${tenant} AND instance = ${this.instance}
          AND ${endedBy(sql`${isoOf(untilMs)}::timestamptz`)}
        ORDER BY position LIMIT ${limit}`,
      BACKGROUND,
    );
    return rows.map(({ id }) => id);
  }

  async anonymise(rows: readonly { readonly id: string; readonly mac: string }[]): Promise<void> {
    await this.database.query(
      sql`UPDATE ${this.table} entry
        SET owner_id = NULL, tenant = NULL, actor = NULL, salt = NULL, erasure_mac = erased.mac
        FROM unnest(${rows.map(({ id }) => id)}::uuid[], ${rows.map(({ mac }) => mac)}::text[]) erased (id, mac)
        WHERE entry.id = erased.id`,
      { repeatable: true },
    );
  }

  private get table(): Sql {
    return this.database.tables.audit;
  }

  private get erasures(): Sql {
    return this.database.tables.auditErasure;
  }

  /** Rows that still name the owner of an `erasure`. */
  private selectRowsOfErased(): Sql {
    return sql`SELECT 1 FROM ${this.table} entry
      WHERE entry.owner_id = erasure.owner_id AND entry.tenant = erasure.tenant AND entry.instance = erasure.instance
        AND ${endedBy(sql`erasure.erased_at + ${LATE_MS}::int * interval '1 millisecond'`)}`;
  }

  private selectHead(): Sql {
    return sql`SELECT ${HEAD_COLUMNS} FROM ${this.database.tables.auditHead} WHERE chain = ${this.instance}`;
  }

  private selectAfter(position: bigint, limit: number): Sql {
    return sql`SELECT ${AUDIT_COLUMNS} FROM ${this.table}
      WHERE instance = ${this.instance} AND position > 0 AND position > ${position.toString()}::bigint ORDER BY position LIMIT ${limit}`;
  }
}

/**
 * An operation ended before its row was written: that time is of the database, and the clock of a process may be ahead. The row itself may
 * be written much later, when the database was away.
 */
function endedBy(time: Sql): Sql {
  return sql`LEAST(ended_at, recorded_at) <= ${time}`;
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}
