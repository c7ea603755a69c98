import { ConnectionMacRepository } from '../../../custody/rotation/connection-mac.repository.js';
import { ConnectionMacs } from '../../../custody/rotation/connection-macs.js';
import type { KeyRing } from '../../../custody/crypto/key-ring.js';
import type { ConnectionsDatabase } from '../../../database/connections-database.js';
import { findingsOf, type Finding } from '../finding.js';

const SAMPLE = 200;
const PAGE = 1000;

/**
 * Checks that connections stand for the banks that Powens told of, and that this library meant the deletions under way: what it
 * did not mean is not sent to Powens, and waits for a person.
 */
export async function checkConnections(
  database: ConnectionsDatabase,
  ring: KeyRing,
  { instance, all }: { instance: string; all: boolean },
): Promise<Finding> {
  const { ok, fix } = findingsOf('connections');
  const macs = new ConnectionMacs(instance, ring, new ConnectionMacRepository(database));
  const deleting = await macs.findDeleting(PAGE);
  // Nothing authorizes them: the intent is not ours.
  const unmeant = deleting.filter((row) => row.removal === null || macs.problemsOf([row]).length > 0).length;
  let [checked, edited] = [0, 0];
  for await (const rows of macs.pages(all ? PAGE : SAMPLE)) {
    checked += rows.length;
    edited += macs.problemsOf(rows).length;
    if (!all) break;
  }
  if (unmeant > 0 || edited > 0) {
    return fix(
      `${edited} of ${checked} are not as this library wrote them, and ${unmeant} deletions were not meant by it: none of them is ` +
        'deleted at Powens. See "Edited connections" in docs/operations.md.',
    );
  }
  return ok(
    `${checked} are as they were written${all || checked < SAMPLE ? '' : '; --all checks every one'}`,
  );
}
