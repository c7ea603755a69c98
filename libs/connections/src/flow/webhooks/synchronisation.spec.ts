import { describe, expect, it } from 'vitest';
import type { Scalars } from '../../webhooks/body/webhook-summary.js';
import type { InboxMessage } from '../../webhooks/inbox-message.js';
import type { RemoteConnections } from '../losses/remote-connections.service.js';
import { currentState, reportedBy } from './synchronisation.js';
import type { KnownConnection, WebhookOwner } from './webhook-subject.service.js';

const LOCAL = {
  powensConnectionId: '1187',
  state: 'wrongpass',
  lastSyncedAt: new Date('2026-03-14T09:27:40Z'),
  expiresAt: null,
} as KnownConnection;

const message = (connection: Scalars): InboxMessage =>
  ({ summary: { connection } }) as unknown as InboxMessage;

/** What becomes of a webhook of a Powens user without a usable token, whose connection cannot be read. */
async function stateAfter(connection: Scalars): Promise<unknown> {
  const reported = reportedBy(message(connection));
  const remotes = {} as RemoteConnections;
  return currentState(LOCAL, { usable: null } as unknown as WebhookOwner, reported, remotes);
}

describe('the date of a synchronisation that a webhook reports', () => {
  it.each([
    ['2026-03-14 10:27:41', new Date('2026-03-14T09:27:41Z'), null],
    ['2026-03-14 10:27:39', new Date('2026-03-14T09:27:39Z'), 'wrongpass'],
    ['2026-03-15', new Date('2026-03-14T23:00:00Z'), null],
    // Some time of the same day: it does not say that the webhook is older.
    ['2026-03-14', new Date('2026-03-13T23:00:00Z'), null],
    ['2026-03-13', new Date('2026-03-12T23:00:00Z'), 'wrongpass'],
    ['soon', null, null],
    // They would hide all later ones: a connection would never be silent again.
    ['2099-01-01 00:00:00', null, null],
    ['9999-12-31', null, null],
  ])('should be read from %s, and decide whether its state is', async (written, lastUpdate, state) => {
    expect(await stateAfter({ state: null, last_update: written })).toMatchObject({ state, lastUpdate });
  });
});
