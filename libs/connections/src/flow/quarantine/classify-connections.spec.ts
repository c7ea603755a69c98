import { describe, expect, it } from 'vitest';
import type { StandingConnection } from '../../connections/connection-changes.repository.js';
import type { ConnectionStatus } from '../../connections/connection.repository.js';
import type { RemoteConnection } from '../../connections/remote-diff.js';
import { classifyConnections } from './classify-connections.js';

const local = (powensConnectionId: string, status: ConnectionStatus): StandingConnection => ({
  id: `local-${powensConnectionId}`,
  userId: 'user',
  owner: { id: 'ann', tenant: '' },
  powensConnectionId,
  state: null,
  lastSyncedAt: null,
  expiresAt: null,
  revision: 1,
  status,
  removalReason: null,
});
const remote = (id: string, state: string | null = null): RemoteConnection => ({
  id,
  connectorUuid: null,
  connectorName: null,
  state,
  lastUpdate: null,
  expire: null,
});
const never = (): boolean => false;
const always = (): boolean => true;

describe(classifyConnections.name, () => {
  it('should call a connection that is known nowhere new when the attempt made it, and a stranger otherwise', () => {
    const made = classifyConnections([], [remote('1')], always);
    expect(made.diff.added).toEqual([remote('1')]);
    expect(made.unattributed).toEqual([]);
    const seen = classifyConnections([], [remote('1')], never);
    expect(seen.diff.added).toEqual([]);
    expect(seen.unattributed).toEqual([remote('1')]);
  });

  it('should confirm what is in quarantine only when the attempt made it, and never call it changed [OA-31]', () => {
    const locals = [local('1', 'unconfirmed')];
    const made = classifyConnections(locals, [remote('1', 'wrongpass')], always);
    expect(made.confirmed).toEqual([{ id: 'local-1', remote: remote('1', 'wrongpass') }]);
    const seen = classifyConnections(locals, [remote('1', 'wrongpass')], never);
    expect(seen.confirmed).toEqual([]);
    for (const { diff, unattributed } of [made, seen]) {
      expect({ ...diff, unattributed }).toEqual({ added: [], changed: [], unattributed: [] });
    }
  });

  it('should compare what is in use whoever made it', () => {
    const locals = [local('1', 'active'), local('2', 'active')];
    const { diff, missing } = classifyConnections(locals, [remote('1', 'wrongpass')], never);
    expect(diff.changed).toEqual([{ local: locals[0], remote: remote('1', 'wrongpass') }]);
    expect(missing).toEqual([locals[1]]);
  });

  it('should name what Powens leaves out, in quarantine too, but leave what is being deleted to who deletes it', () => {
    const locals = [local('1', 'unconfirmed'), local('2', 'deleting')];
    const gone = classifyConnections(locals, [], always);
    expect(gone.missing).toEqual([locals[0]]);
    expect(gone.diff.changed).toEqual([]);
    const stillThere = classifyConnections([local('2', 'deleting')], [remote('2')], always);
    expect(stillThere).toEqual({
      diff: { added: [], changed: [] },
      confirmed: [],
      revived: [],
      missing: [],
      unattributed: [],
    });
  });
});
