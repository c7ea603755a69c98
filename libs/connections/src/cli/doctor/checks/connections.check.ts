import { KeyRotationRepository } from '../../../custody/rotation/key-rotation.repository.js';
import { ConnectionMacs } from '../../../custody/rotation/connection-macs.js';
import type { KeyRing } from '../../../custody/crypto/key-ring.js';
import type { ConnectionsDatabase } from '../../../database/connections-database.js';
import { findingsOf, type Finding } from '../finding.js';

const SAMPLE = 200;
const PAGE = 1000;

/**
 * Checks that connections match the banks that Powens reported, and that this library requested the pending deletions: one that
 * it did not request is not sent to Powens, and waits for an operator.
 */
export async function checkConnections(
  database: ConnectionsDatabase,
  ring: KeyRing,
  { instance, all }: { instance: string; all: boolean },
): Promise<Finding> {
  const { ok, fix } = findingsOf('connections');
  const rows = new KeyRotationRepository(database);
  const macs = new ConnectionMacs({ instance }, ring, rows);
  const deleting = await rows.findDeleting(PAGE);
  // Not authenticated: this library did not write the intent.
  const unmeant = deleting.filter((row) => row.removal === null || macs.problemsOf([row]).length > 0).length;
  let [checked, edited] = [0, 0];
  for await (const page of rows.connectionPages(all ? PAGE : SAMPLE)) {
    checked += page.length;
    edited += macs.problemsOf(page).length;
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
