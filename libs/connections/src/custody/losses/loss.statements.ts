import sql, { type Sql } from 'sql-template-tag';
import { v7 as uuidv7 } from 'uuid';
import type { ConnectionsDatabase } from '../../database/connections-database.js';
import type { LossEvidence, LossLimit, LossSubject } from './loss.js';

/** A check that did not find something. */
export interface NotedLoss {
  readonly subject: LossSubject;
  readonly subjectId: string;
  readonly userId: string;
  readonly evidence: LossEvidence;
}

type Place = Pick<ConnectionsDatabase, 'instance' | 'tables'>;

/** Selects the subject of a loss, if it is in use here, as the row to insert. */
export function seenLoss(
  { instance, tables }: Place,
  { subject, subjectId, userId, evidence }: NotedLoss,
): Sql {
  const { user, connection } = tables;
  const id = uuidv7();
  if (subject === 'connection') {
    return sql`SELECT ${id}::uuid, ${instance}::varchar, 'connection', id, user_id, ${evidence}::varchar, 'suspected', 1, NULL, now(), now()
      FROM ${connection} WHERE id = ${subjectId} AND status IN ('active', 'unconfirmed')`;
  }
  // Another token is another loss. Key rotation gives the same token another envelope, which starts the loss again.
  const digest = subject === 'token' ? sql`md5(sealed_token)` : sql`NULL`;
  const statuses = subject === 'token' ? sql`status = 'active'` : sql`status IN ('active', 'revoked')`;
  return sql`SELECT ${id}::uuid, ${instance}::varchar, ${subject}::varchar, id, id, ${evidence}::varchar, 'suspected',
      GREATEST(1, (SELECT count(*)::int FROM ${connection} WHERE user_id = ${userId} AND status = 'active')), ${digest}, now(), now()
    FROM ${user} WHERE id = ${userId} AND ${statuses}`;
}

/**
 * Counts a loss against the limit, or holds it. The connections are counted only where the absolute limit is reached: counting
 * reads them all.
 */
export function grantOf(
  { instance, tables }: Place,
  id: string,
  { maxPerDay, maxPercentPerDay }: LossLimit,
): Sql {
  const { loss, connection } = tables;
  return sql`
    WITH taken AS (
      SELECT COALESCE(sum(weight), 0) AS weight FROM ${loss}
      WHERE instance = ${instance} AND granted_at > now() - interval '1 day' AND approved_at IS NULL AND id <> ${id}
    ), stop AS (
      SELECT EXISTS (SELECT 1 FROM ${loss} WHERE instance = ${instance} AND status = 'held' AND id <> ${id}) AS stopped
    ), verdict AS (
      SELECT stop.stopped, NOT stop.stopped AND (
        taken.weight + one.weight <= ${maxPerDay}::float8
        OR taken.weight + one.weight <= floor(${maxPercentPerDay}::float8 / 100 * (
          SELECT count(*) FROM ${connection}
          WHERE instance = ${instance} AND (status = 'active' OR (status = 'gone' AND remove_at IS NOT NULL))))
        ) AS fits
      FROM taken, stop, ${loss} one WHERE one.id = ${id}
    )
    UPDATE ${loss} SET
      status = CASE WHEN verdict.fits THEN 'granted' ELSE 'held' END,
      granted_at = CASE WHEN verdict.fits THEN now() ELSE granted_at END,
      held_at = CASE WHEN verdict.fits THEN NULL ELSE COALESCE(held_at, now()) END
    FROM verdict
    WHERE id = ${id} AND ${loss}.status IN ('suspected', 'held')
    RETURNING ${loss}.status, NOT verdict.stopped AS first`;
}

/** Ends losses whose subject is no longer in use. */
export function endObsolete({ instance, tables: { user, loss, connection } }: Place): Sql {
  // OFFSET 0 keeps the lookups from becoming joins, which may read whole tables for the few losses that are open.
  return sql`
      UPDATE ${loss} known SET status = 'recovered', ended_at = now()
      WHERE known.instance = ${instance} AND known.status IN ('suspected', 'held', 'granted') AND NOT EXISTS (
        SELECT 1 FROM ${connection} kept
        WHERE known.subject = 'connection' AND kept.id = known.subject_id AND kept.status IN ('active', 'unconfirmed')
        OFFSET 0
      ) AND NOT EXISTS (
        SELECT 1 FROM ${user} kept
        WHERE known.subject <> 'connection' AND kept.id = known.subject_id
          AND (kept.status = 'active' OR (kept.status = 'revoked' AND known.subject = 'user'))
        OFFSET 0
      )`;
}

/**
 * Removes ended losses after their retention. The loss of a user stays until the user is forgotten: without it, nothing would
 * find the row.
 */
export function removeEnded({ instance, tables: { user, loss } }: Place, rememberDays: number): Sql {
  return sql`
      DELETE FROM ${loss} known WHERE known.instance = ${instance} AND known.status IN ('applied', 'recovered')
        AND known.ended_at <= now() - GREATEST(1, ${rememberDays}::float8 + 1) * interval '1 day'
        AND NOT EXISTS (SELECT 1 FROM ${user} kept WHERE kept.id = known.user_id AND kept.status = 'lost' OFFSET 0)`;
}
