import type { ConnectionChangesRepository } from '../../connections/connection-changes.repository.js';
import type { LocalConnection } from '../../connections/remote-diff.js';
import type { Transaction } from '../../database/unit-of-work.js';
import { ConnectionsError } from '../../errors/index.js';
import type { ConnectionSilentData, EventContent } from '../../events/index.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import type { EventTransaction } from '../changes/event-transaction.js';

const BATCH = 100;

/** What the notices read and write. */
export interface Notices {
  readonly lifecycle: ResolvedOptions['lifecycle'];
  readonly changes: ConnectionChangesRepository;
  readonly events: EventTransaction;
}

/**
 * Notifies the host of every consent that expires within the option's days, once per expiry date.
 *
 * @see G10
 * @internal
 */
export async function notifyOfExpiry({ lifecycle, changes, events }: Notices): Promise<void> {
  for (const local of await changes.findExpiring(lifecycle.expiringDaysAhead, BATCH)) {
    const data = { expiresAt: local.expiresAt?.toISOString() ?? null };
    await notify(events, local, { type: 'connection.expiring', data }, (tx) => {
      changes.markExpiryNotified(local, tx);
    });
  }
}

/**
 * Notifies the host of every connection without an error that was not synchronised for the option's days, once per silence.
 *
 * @see G11
 * @internal
 */
export async function notifyOfSilence({ lifecycle, changes, events }: Notices): Promise<void> {
  if (lifecycle.silentDays === 0) {
    return;
  }
  for (const local of await changes.findSilent(lifecycle.silentDays, BATCH)) {
    const data: ConnectionSilentData = { lastSyncedAt: local.lastSyncedAt?.toISOString() ?? null };
    await notify(events, local, { type: 'connection.silent', data }, (tx) => {
      changes.markSilenceNotified(local, tx);
    });
  }
}

/**
 * Appends an event and marks the connection as notified, in one transaction: once across all replicas.
 *
 * @param mark - fails the transaction when the connection changed meanwhile
 */
async function notify(
  events: EventTransaction,
  { owner, id, powensConnectionId }: LocalConnection,
  event: EventContent<'connection.expiring' | 'connection.silent'>,
  mark: (tx: Transaction) => void,
): Promise<void> {
  const ids = { attemptId: null, connectionId: id, powensConnectionId, powensUserId: null };
  try {
    await events.run((tx, emit) => {
      mark(tx);
      emit({ ...event, ownerId: owner.id, tenant: owner.tenant, ...ids });
    });
  } catch (error) {
    if (!(error instanceof ConnectionsError && error.code === 'busy')) {
      throw error;
    }
    // It changed meanwhile, or another replica notified the host: the next sweep checks again.
  }
}
