import type { ConnectionEventType } from '../events/index.js';
import type { LocalConnection, RemoteConnection } from './remote-diff.js';
import { isLater } from './remote-diff.js';
import { requiredActionOf } from './required-action.js';

/** What a change of a connection tells the host. */
export interface ChangeEvent {
  readonly type: Extract<
    ConnectionEventType,
    'connection.synced' | 'connection.action_required' | 'connection.recovered'
  >;
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * Tells a change once: a state that asks for something, a recovery, a synchronisation. Pure.
 *
 * @param local - as it was kept
 * @param remote - as Powens tells it now. Its message is left out: it may carry a bank's redirect URL
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
