import type { ConnectionsDatabase } from '../../../database/connections-database.js';
import { findingsOf, type Finding } from '../finding.js';
import { countQueues, type QueueCounts } from './queues.repository.js';

/** Longer than any pause between two tries. */
const LONG_SECONDS = 1800;

/** Reports events and webhooks that wait, or that are no longer processed. */
export async function checkQueues(database: ConnectionsDatabase): Promise<readonly Finding[]> {
  const { outbox, inbox } = await countQueues(database);
  return [
    judged('outbox', outbox, 'Does any process run with option outbox.relay, and with a handler?'),
    judged('inbox', inbox, 'Does any process run with option webhooks.processing?'),
  ];
}

function judged(check: 'outbox' | 'inbox', counts: QueueCounts, question: string): Finding {
  const { ok, fix, note } = findingsOf(check);
  const { pending, waitingSeconds, dead, parked } = counts;
  const figures = `${pending} waiting, ${dead} dead${check === 'inbox' ? `, ${parked} parked` : ''}`;
  if (dead > 0) {
    return fix(`${figures}. Dead ones are no longer processed: see "Dead letters" in docs/operations.md.`);
  }
  if (waitingSeconds > LONG_SECONDS) {
    return fix(
      `${figures}; the oldest has waited for ${Math.round(waitingSeconds / 60)} minutes. ${question}`,
    );
  }
  return parked > 0
    ? note(`${figures}. Parked ones are about users or connections without a row here.`)
    : ok(figures);
}
