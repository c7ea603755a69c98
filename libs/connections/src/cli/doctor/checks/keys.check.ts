import { KeyRotationRepository } from '../../../custody/rotation/key-rotation.repository.js';
import { PowensUserRepository } from '../../../custody/powens-user.repository.js';
import type { KeyRing } from '../../../custody/crypto/key-ring.js';
import { problemOf } from '../../../custody/sealed-row.js';
import type { ConnectionsDatabase } from '../../../database/connections-database.js';
import { findingsOf, type Finding } from '../finding.js';

const SAMPLE = 200;
const PAGE = 250;

/** Checks that the ring has every key that stored tokens need, and that tokens open. */
export async function checkKeys(
  database: ConnectionsDatabase,
  ring: KeyRing,
  { instance, all }: { instance: string; all: boolean },
): Promise<readonly Finding[]> {
  return [await checkRing(database, ring), await checkTokens(database, ring, { instance, all })];
}

async function checkRing(database: ConnectionsDatabase, ring: KeyRing): Promise<Finding> {
  const { ok, fix } = findingsOf('key ring');
  const counts = await new PowensUserRepository(database).countByKey();
  const connections = await new KeyRotationRepository(database).countConnectionsByKey();
  const missing = [...new Set([...counts.keys(), ...connections.keys()])].filter(
    (keyId) => !ring.ids.includes(keyId),
  );
  if (missing.length > 0) {
    const keys = missing
      .map(
        (keyId) =>
          `"${keyId}" (${counts.get(keyId) ?? 0} tokens, ${connections.get(keyId) ?? 0} connections)`,
      )
      .join(', ');
    return fix(
      `lacks ${keys}. Put them back behind the first key; the application does not start without them.`,
    );
  }
  return ok(
    `has every key that tokens need: ${ring.ids.join(', ')}; new tokens are sealed with ${ring.primaryId}`,
  );
}

async function checkTokens(
  database: ConnectionsDatabase,
  ring: KeyRing,
  { instance, all }: { instance: string; all: boolean },
): Promise<Finding> {
  const { ok, fix } = findingsOf('tokens');
  const pages = new KeyRotationRepository(database).pages({
    instance,
    keyId: null,
    limit: all ? PAGE : SAMPLE,
  });
  let [checked, unreadable] = [0, 0];
  for await (const rows of pages) {
    checked += rows.length;
    unreadable += rows.filter((row) => problemOf(row, instance, ring) !== null).length;
    if (!all) break;
  }
  if (unreadable > 0) {
    return fix(
      `${unreadable} of ${checked} cannot be opened. "connections keys verify" names the reason; see docs/key-management.md.`,
    );
  }
  return ok(`${checked} opened${all || checked < SAMPLE ? '' : ', the first ones; --all opens every one'}`);
}
