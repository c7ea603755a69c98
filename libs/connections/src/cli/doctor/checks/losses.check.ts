import type { ConnectionsDatabase } from '../../../database/connections-database.js';
import { LossRepository } from '../../../custody/losses/loss.repository.js';
import { findingsOf, type Finding } from '../finding.js';

/** Reports what Powens does not find: losses that wait for a second check, or for an approval. */
export async function checkLosses(database: ConnectionsDatabase): Promise<Finding> {
  const { ok, fix, note } = findingsOf('losses');
  const { suspected, held } = await new LossRepository(database).count();
  if (held > 0) {
    return fix(
      `${held} held back above the limit, ${suspected} suspected: nothing more is taken out of use here. Check POWENS_DOMAIN and ` +
        'POWENS_API_URL; if it is true, call ReconciliationService.approveLosses(). See "Losses" in docs/operations.md.',
    );
  }
  return suspected > 0
    ? note(`${suspected} suspected: Powens does not find them, and a second look is due.`)
    : ok('Powens finds everything that is in use here');
}
