import { describe, expect, it } from 'vitest';
import type { ConnectionChangesRepository } from '../../connections/connection-changes.repository.js';
import type { ConnectionRepository } from '../../connections/connection.repository.js';
import { diffOf, type RemoteConnection } from '../../connections/remote-diff.js';
import type { ConnectionCustody } from '../../custody/connections/connection-custody.service.js';
import type { PowensUserLeaseRepository } from '../../custody/powens-user-lease.repository.js';
import type { Transaction } from '../../database/unit-of-work.js';
import type { ResolvedOptions } from '../../options/resolve/resolved-options.js';
import type { EventToAppend } from '../../outbox/outbox.repository.js';
import type { InboxRepository } from '../../webhooks/inbox.repository.js';
import { ConnectionChangesService, type ChangeSet } from './connection-changes.service.js';
import type { EventTransaction } from './event-transaction.js';

const NOTHING = (): void => undefined;

function remote(id: string): RemoteConnection {
  return {
    id,
    connectorUuid: null,
    connectorName: null,
    state: null,
    lastUpdate: null,
    expire: null,
  };
}

describe(ConnectionChangesService.name, () => {
  const changes = new ConnectionChangesService(
    { instance: 'default' } as ResolvedOptions,
    {
      insertAll: NOTHING,
      insertUnconfirmed: NOTHING,
      withSameConnector: NOTHING,
    } as unknown as ConnectionRepository,
    { confirm: NOTHING, revive: NOTHING } as unknown as ConnectionChangesRepository,
    {} as PowensUserLeaseRepository,
    { release: NOTHING } as unknown as InboxRepository,
    {} as EventTransaction,
    { authenticate: () => 'mac', authorizeExpiry: () => 'mac' } as unknown as ConnectionCustody,
  );
  const emitted = (changeSet: Partial<ChangeSet>): (readonly [string, string | null, boolean])[] => {
    const events: EventToAppend[] = [];
    const whole = {
      ...{ owner: { id: 'ann', tenant: '' }, user: { userId: 'user', powensUserId: '412' }, attemptId: null },
      ...{ diff: diffOf([], []), ...changeSet },
    };
    changes.plan(whole).write({} as Transaction, (...added) => events.push(...added));
    return events.map(({ type, powensConnectionId, isFirst = false }) => [type, powensConnectionId, isFirst]);
  };

  it('should call the event of a connection the first that its transaction inserts, and of no other one', () => {
    const changeSet = {
      diff: diffOf([], [remote('17')]),
      confirmed: [{ id: 'quarantined', remote: remote('18') }],
      revived: [{ id: 'gone', remote: remote('19') }],
    };
    expect(emitted(changeSet)).toEqual([
      ['connection.created', '17', true],
      ['connection.created', '18', false],
      ['connection.recovered', '19', false],
    ]);
  });
});
