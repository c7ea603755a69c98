import type { RemoteConnection } from '../../connections/remote-diff.js';
import { latestParisDate, pastParisDate } from '../../powens/paris-date.js';
import type { InboxMessage } from '../../webhooks/inbox-message.js';
import type { RemoteConnections } from '../losses/remote-connections.service.js';
import type { KnownConnection, WebhookOwner } from './webhook-subject.service.js';

/** State of a connection as a webhook reports it. */
export interface Reported {
  readonly state: string | null;
  readonly lastUpdate: Date | null;
  /** The latest moment that `lastUpdate` may mean: a day has many. */
  readonly latest: Date | null;
}

/** `""` and `"null"` were seen in the field for a good synchronisation; `last_update` may be missing. */
export function reportedBy({ summary }: InboxMessage): Reported {
  const { state, last_update: lastUpdate } = summary?.connection ?? {};
  const isWord = typeof state === 'string' && state !== '' && state !== 'null';
  return {
    state: isWord ? state.slice(0, 64) : null,
    lastUpdate: pastParisDate(lastUpdate),
    latest: latestParisDate(lastUpdate),
  };
}

/**
 * The state of a connection after a webhook, which is a hint: when it reports another state, the connection is read at Powens, since
 * the webhook may be older than the row. A synchronisation that changed nothing but its date is trusted: it is by far the most
 * frequent, and a read for each would exceed Powens' fair use.
 *
 * @returns null when Powens itself does not find the connection
 */
export async function currentState(
  local: KnownConnection,
  { usable }: WebhookOwner,
  reported: Reported,
  remotes: RemoteConnections,
): Promise<RemoteConnection | null> {
  const { state, lastUpdate } = reported;
  if (state === local.state || usable === null) {
    const base = { ...local, id: local.powensConnectionId, connectorUuid: null, connectorName: null };
    return {
      ...base,
      state: isOlder(reported, local) ? local.state : state,
      lastUpdate,
      expire: local.expiresAt,
    };
  }
  const remote = await remotes.find(local.owner, usable, local.powensConnectionId);
  // The date of the webhook counts: each synchronisation is reported by the webhook that carries its data.
  return remote === null ? null : { ...remote, lastUpdate };
}

function isOlder({ latest }: Reported, { lastSyncedAt }: KnownConnection): boolean {
  return latest !== null && lastSyncedAt !== null && latest.getTime() < lastSyncedAt.getTime();
}
