import sql from 'sql-template-tag';
import type { ConnectionsDatabase } from '../../../database/connections-database.js';
import { findingsOf, type Finding } from '../finding.js';

/** Reports Powens users that may remain at Powens without a row here; nothing when there are none. */
export async function checkOrphans(database: ConnectionsDatabase): Promise<readonly Finding[]> {
  const { instance } = database;
  const { attempt, user } = database.tables;
  const [row] = await database.query<{ left: number; unknown: number; lost: number }>(sql`
    SELECT count(*) FILTER (WHERE orphan IS NOT NULL)::int AS "left",
      count(*) FILTER (WHERE status = 'unknown')::int AS "unknown",
      (SELECT count(*)::int FROM ${user}
        WHERE instance = ${instance} AND status = 'erased' AND status_reason = 'answer_lost') AS "lost"
    FROM ${attempt} WHERE instance = ${instance} AND (orphan IS NOT NULL OR status = 'unknown')`);
  const { left, unknown, lost } = row ?? { left: 0, unknown: 0, lost: 0 };
  if (left + unknown + lost === 0) {
    return [];
  }
  return [
    findingsOf('orphans').note(
      `Powens users without a row here may be left at Powens: ${left} could not be deleted, ${unknown} of attempts with an ` +
        `unknown outcome, ${lost} whose creation was not answered. See "Orphans" in docs/operations.md.`,
    ),
  ];
}
