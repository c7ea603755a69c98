import { setTimeout as sleep } from 'node:timers/promises';
import type { World } from './world.js';

const LOOK_MS = 300;
/** Without any progress for so long, leases are ended: as if the time had passed that they are for. */
const QUIET_MS = 4000;
const MAX_LEASES_ENDED = 4;

/** Work that the sweeper, the relay or a callback has to end. */
const OPEN = `
  SELECT 'powens user ' || status AS what FROM powens_user
    WHERE status IN ('provisioning', 'erasing', 'revoking', 'forgetting') OR leased_until IS NOT NULL
  UNION ALL SELECT 'attempt claimed' FROM powens_attempt WHERE status = 'claimed'
  UNION ALL SELECT 'connection ' || status FROM powens_connection WHERE status = 'deleting' AND leased_until IS NOT NULL
  UNION ALL SELECT 'event ' || type FROM powens_outbox WHERE status = 'pending'
  UNION ALL SELECT 'webhook ' || event FROM powens_inbox WHERE status = 'pending'`;

/**
 * Waits until nothing is under way any more, and every browser knows how its attempt ended.
 *
 * @param maxLeasesEnded - leases ended in vain so often in a row: what is left will not end
 * @returns what did not end
 */
export async function settle(world: World, maxLeasesEnded = MAX_LEASES_ENDED): Promise<string[]> {
  let last = '';
  let quietSince = Date.now();
  let leasesEnded = 0;
  for (;;) {
    await concludeVisits(world);
    const open = await openWork(world);
    if (open.length === 0 && world.gate.isQuiet) return [];
    const now = open.join();
    if (now !== last) {
      last = now;
      quietSince = Date.now();
      leasesEnded = 0;
    } else if (Date.now() - quietSince > QUIET_MS) {
      if (leasesEnded === maxLeasesEnded) return open;
      leasesEnded += 1;
      await endLeases(world);
      await endReservations(world);
      quietSince = Date.now();
    }
    await sleep(LOOK_MS);
  }
}

/** Lets time pass for those who look at leases. */
export async function endLeases(world: World): Promise<void> {
  const columns = await world.sql<{ table_name: string; column_name: string }>(`
    SELECT table_name, column_name FROM information_schema.columns
    WHERE table_name LIKE 'powens\\_%' AND column_name IN ('leased_until', 'lease_expires_at')`);
  for (const { table_name: table, column_name: column } of columns) {
    await world.sql(`UPDATE ${table} SET ${column} = now() WHERE ${column} > now()`);
  }
  for (const queue of ['powens_outbox', 'powens_inbox']) {
    await world.sql(
      `UPDATE ${queue} SET available_at = now() WHERE status = 'pending' AND available_at > now()`,
    );
  }
}

/** Lets a day pass for reservations of Powens users whose owner does not come back. */
async function endReservations(world: World): Promise<void> {
  await world.sql(
    `UPDATE powens_user SET leased_until = now() - interval '25 hours' WHERE status = 'provisioning'`,
  );
}

async function concludeVisits({ crowd }: World): Promise<void> {
  for (const person of crowd.people) {
    for (const visit of person.visits) {
      if (visit.status === null || ['pending', 'claimed'].includes(visit.status)) {
        await person.conclude(visit);
      }
    }
  }
}

async function openWork(world: World): Promise<string[]> {
  const rows = await world.sql<{ what: string }>(OPEN);
  const visits = world.crowd.people.flatMap((person) =>
    person.visits
      .filter(({ status }) => status === null || ['pending', 'claimed'].includes(status))
      .map(
        (visit) => `${person.owner} is told ${visit.status ?? 'nothing'} (${visit.answers.slice(-3).join()})`,
      ),
  );
  return [...rows.map(({ what }) => what), ...visits];
}
