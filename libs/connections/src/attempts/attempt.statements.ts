import sql, { type Sql } from 'sql-template-tag';
import type { ConnectionsDatabase } from '../database/connections-database.js';
import { epochMs, type EpochMs } from '../database/sql.js';
import { traceParent } from '../telemetry/trace-parent.js';
import type { Owner } from '../values/owner.js';
import { ABANDONED, type AttemptFlow } from './attempt.js';
import { ownedBy, startedBy } from './attempt.predicates.js';
import { POWENS_USER_COLUMNS, type PowensUserColumns } from './attempt.rows.js';
import type { OwnedPowensUser } from '../values/owned-powens-user.js';

type Place = Pick<ConnectionsDatabase, 'instance' | 'tables'>;

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

/** A browser and an owner that request an attempt. */
export type Asking = Pick<NewAttempt, 'instance' | 'owner' | 'bindingHash' | 'maxPending'>;

/** Inserts an attempt, if its owner is fit for it and there is room, and returns the owner's Powens user. */
export function insertionOf({ tables }: Place, attempt: NewAttempt, existingOnly: boolean): Sql {
  const { attempt: table, user } = tables;
  const isFit = attempt.expectsCode
    ? sql`NOT EXISTS (SELECT 1 FROM known_user)`
    : sql`EXISTS (SELECT 1 FROM known_user WHERE user_status = 'active')`;
  const allowed = existingOnly ? sql`false` : isFit;
  return sql`
    WITH known_user AS (
      SELECT ${POWENS_USER_COLUMNS}, status AS user_status FROM ${user}
      WHERE ${ownedBy(attempt.instance, attempt.owner)} LIMIT 1
    ), load AS (SELECT ${isFull(table, attempt)} AS is_full), issued AS (
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
    FROM load LEFT JOIN known_user ON user_status = 'active'`;
}

/** Whether an owner or a browser has reached the limit of pending attempts. Stops counting there, and reads only the indexes. */
export function isFull(attempt: Sql, { instance, owner, bindingHash, maxPending }: Asking): Sql {
  const pending = (which: Sql): Sql => sql`(SELECT count(*) FROM (
    SELECT 1 FROM ${attempt} WHERE ${which} AND status = 'pending' AND expires_at > now()
    LIMIT ${maxPending}::int) AS pending) >= ${maxPending}::int`;
  return sql`(${pending(ownedBy(instance, owner))} OR ${pending(startedBy(instance, bindingHash))})`;
}

/** Selects the seconds until the first pending attempt of an owner or a browser expires. */
export function secondsToRoom(attempt: Sql, { instance, owner, bindingHash }: Asking): Sql {
  const first = (which: Sql): Sql => sql`(
    SELECT min(expires_at) FROM ${attempt} WHERE ${which} AND status = 'pending' AND expires_at > now())`;
  return sql`
    SELECT ceil(extract(epoch FROM LEAST(${first(ownedBy(instance, owner))}, ${first(startedBy(instance, bindingHash))}) - now()))::int AS seconds`;
}

/** What erases the attempts of an owner: marks those that hold a code or a token, and removes share links and the others. */
export function erasureOf(
  { instance, tables }: Place,
  owner: Owner,
): { abandon: Sql; links: Sql; erase: Sql } {
  const { attempt, link } = tables;
  const holding = sql`(sealed_code IS NOT NULL OR sealed_token IS NOT NULL)`;
  return {
    abandon: sql`UPDATE ${attempt} SET error_code = ${ABANDONED},
        lease_expires_at = CASE WHEN lease_token IS NULL THEN now() ELSE lease_expires_at END
      WHERE ${ownedBy(instance, owner)} AND ${holding}`,
    links: sql`DELETE FROM ${link} WHERE ${ownedBy(instance, owner)}`,
    erase: sql`DELETE FROM ${attempt} WHERE ${ownedBy(instance, owner)} AND NOT ${holding}`,
  };
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

/** What {@link insertionOf} returns. */
export interface InsertedRow extends PowensUserColumns {
  expires_ms: EpochMs | null;
  is_full: boolean;
}
