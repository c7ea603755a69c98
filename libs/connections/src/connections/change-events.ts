import type { EventContent } from '../events/index.js';
import type { LocalConnection, RemoteConnection } from './remote-diff.js';
import { isLater } from './remote-diff.js';
import { requiredActionOf } from './required-action.js';

/** Event that reports a change of a connection to the host. */
export type ChangeEvent = EventContent<
  'connection.synced' | 'connection.action_required' | 'connection.recovered'
>;

/**
 * Derives the events of a change: a state that requires an action, a recovery, a synchronisation. Pure.
 *
 * @param local - the stored state
 * @param remote - the state reported by Powens. Its message is left out: it may contain a bank's redirect URL
 */
export function eventsOfChange(local: LocalConnection, remote: RemoteConnection): ChangeEvent[] {
  const { state } = remote;
  const requiredAction = requiredActionOf(state);
  const events: ChangeEvent[] = [];
  if (state !== local.state && requiredAction !== null) {
    events.push({
      type: 'connection.action_required',
      data: { state, requiredAction, previousState: local.state },
    });
  }
  if (state === null && local.state !== null) {
    events.push({ type: 'connection.recovered', data: { previousState: local.state } });
  }
  if (state === null && isLater(remote.lastUpdate, local.lastSyncedAt)) {
    events.push({
      type: 'connection.synced',
      data: { lastSyncedAt: remote.lastUpdate?.toISOString() ?? null, state, webhookId: null },
    });
  }
  return events;
}
