import { beforeEach, describe, expect, it } from 'vitest';
import type { AttemptClaimRepository } from '../../attempts/attempt-claim.repository.js';
import type { ClaimedAttempt } from '../../attempts/attempt.js';
import {
  CONNECTION_KEY,
  type ConnectionRepository,
  type KnownConnection,
} from '../../connections/connection.repository.js';
import { OWNER_KEY, POWENS_USER_KEY } from '../../custody/powens-user.repository.js';
import type { TokenCustodyService } from '../../custody/token-custody.service.js';
import { ConnectionsError, StorageError } from '../../errors/index.js';
import type { PowensClient } from '../../powens/powens.client.js';
import type { OwnedPowensUser } from '../../values/owned-powens-user.js';
import { AccessToken } from '../../values/secrets/access-token.js';
import type { ChangeSet, ConnectionChangesService } from '../changes/connection-changes.service.js';
import type { EventTransaction } from '../changes/event-transaction.js';
import type { TokenAccess } from '../exchange/token-access.types.js';
import { ConnectCompletionService } from './connect-completion.service.js';
import { NO_TENANT } from '../../custody/tenants/tenant.js';

const TOKEN = AccessToken.of('made-up-token');
const send: TokenAccess['send'] = async (call) => call(TOKEN);
const USER = { userId: 'row', powensUserId: '412' } as OwnedPowensUser;
const KEPT: TokenAccess = { kind: 'kept', user: USER, send };
const EXCHANGED: TokenAccess = { kind: 'exchanged', token: TOKEN, tenant: NO_TENANT, isStored: true, send };
const ATTEMPT = {
  ...{ id: 'attempt', owner: { id: 'ann', tenant: '' }, metadata: { from: 'mail' } },
  claim: { connectionIds: ['17', '18'] },
} as unknown as ClaimedAttempt;

const violated = (key: string): StorageError => new StorageError('23505', `bank_${key}`);

describe(ConnectCompletionService.name, () => {
  /** Failures of the commits, in their order. */
  let failures: Error[];
  let known: KnownConnection[];
  let whoIs: string;
  let done: string[];
  let changes: ChangeSet[];
  let reads: number;

  beforeEach(() => {
    [failures, known, whoIs, done, changes, reads] = [[], [], '412', [], [], 0];
  });

  const row = (powensConnectionId: string, status: string, userId = 'row'): KnownConnection =>
    ({ id: `id of ${powensConnectionId}`, powensConnectionId, status, userId }) as KnownConnection;

  async function connect(access: TokenAccess): Promise<readonly string[]> {
    const powens = {
      getConnection: async (_: unknown, id: string) => {
        reads += 1;
        return Promise.resolve({ id, userId: '412' });
      },
      getUser: async () => Promise.resolve({ id: whoIs }),
    } as unknown as PowensClient;
    const claims = {
      connect: (_: unknown, ids: readonly string[]) => done.push(`connect ${ids.join(', ')}`),
    } as unknown as AttemptClaimRepository;
    const custody = {
      seal: (_: unknown, powensUserId: string) => ({ ...USER, powensUserId }),
      store: (_: unknown, { powensUserId }: OwnedPowensUser) => done.push(`store ${powensUserId}`),
    } as unknown as TokenCustodyService;
    const connections = {
      findKnown: async () => Promise.resolve(known),
    } as unknown as ConnectionRepository;
    const connectionChanges = {
      plan: (changeSet: ChangeSet) => {
        changes.push(changeSet);
        const { confirmed = [], revived = [], diff } = changeSet;
        const ids = [...confirmed, ...revived].map(({ id }) => id);
        return {
          ids: [...ids, ...diff.added.map(({ id }) => `new ${id}`)],
          write: () => done.push('write'),
        };
      },
    } as unknown as ConnectionChangesService;
    const events = {
      complete: async (_: unknown, collect: (tx: object) => void) => {
        collect({});
        const failure = failures.shift();
        return failure === undefined ? Promise.resolve() : Promise.reject(failure);
      },
    } as unknown as EventTransaction;
    const service = new ConnectCompletionService(
      powens,
      claims,
      custody,
      connections,
      connectionChanges,
      events,
    );
    return service.connect(ATTEMPT, access);
  }

  const idsOf = (list: ChangeSet['confirmed']): string[] => (list ?? []).map(({ id }) => id);

  it('should write the attempt, its connections and a Powens user that is new in one transaction [RL-03]', async () => {
    expect(await connect(EXCHANGED)).toEqual(['new 17', 'new 18']);
    expect(done).toEqual(['connect new 17, new 18', 'store 412', 'write']);
    expect(changes[0]).toMatchObject({
      attemptId: 'attempt',
      owner: ATTEMPT.owner,
      metadata: { from: 'mail' },
    });
  });

  it('should store no Powens user that has a row', async () => {
    await connect(KEPT);
    expect(done).toEqual(['connect new 17, new 18', 'write']);
    expect(changes[0]?.user).toBe(USER);
  });

  describe('where a connection is known already', () => {
    beforeEach(() => {
      failures = [violated(CONNECTION_KEY)];
    });

    it('should tell those in use from new ones, and read Powens again', async () => {
      known = [row('17', 'active')];
      expect(await connect(KEPT)).toEqual(['id of 17', 'new 18']);
      expect(reads).toBe(4);
      expect(changes[1]?.diff.added.map(({ id }) => id)).toEqual(['18']);
    });

    it('should confirm one in quarantine, and revive one that was gone', async () => {
      known = [row('17', 'unconfirmed'), row('18', 'gone')];
      expect(await connect(KEPT)).toEqual(['id of 17', 'id of 18']);
      expect([idsOf(changes[1]?.confirmed), idsOf(changes[1]?.revived)]).toEqual([
        ['id of 17'],
        ['id of 18'],
      ]);
      expect(changes[1]?.diff.added).toEqual([]);
    });

    it('should leave one alone that is being deleted, and end where there is no other', async () => {
      known = [row('17', 'deleting')];
      expect(await connect(KEPT)).toEqual(['new 18']);
      failures = [violated(CONNECTION_KEY)];
      known = [row('17', 'deleting'), row('18', 'deleting')];
      await expect(connect(KEPT)).rejects.toMatchObject({ code: 'connection_not_found' });
    });

    it('should store the Powens user with it, if that is new', async () => {
      known = [row('17', 'active')];
      await connect(EXCHANGED);
      expect(done.slice(3)).toEqual(['connect id of 17, new 18', 'store 412', 'write']);
    });

    it('should refuse a connection of another Powens user', async () => {
      known = [row('17', 'active'), row('18', 'active', 'another row')];
      await expect(connect(KEPT)).rejects.toMatchObject({ code: 'owner_conflict' });
    });
  });

  it('should know an owner who connected meanwhile, and another owner of the Powens user', async () => {
    failures = [violated(OWNER_KEY)];
    await expect(connect(EXCHANGED)).rejects.toMatchObject({ code: 'owner_already_connected' });
    failures = [violated(POWENS_USER_KEY)];
    await expect(connect(EXCHANGED)).rejects.toMatchObject({ code: 'owner_conflict' });
  });

  it('should ask whose token it is before a conflict leads to an undo', async () => {
    [failures, whoIs] = [[violated(POWENS_USER_KEY)], '999'];
    await expect(connect(EXCHANGED)).rejects.toMatchObject({ code: 'powens_response_invalid' });
    failures = [violated(POWENS_USER_KEY)];
    await expect(connect(KEPT)).rejects.toMatchObject({ code: 'owner_conflict' });
    for (const other of [violated(OWNER_KEY), new ConnectionsError('busy', '')]) {
      failures = [other];
      await expect(connect(EXCHANGED)).rejects.not.toMatchObject({ code: 'powens_response_invalid' });
    }
  });

  it('should pass on any other error', async () => {
    for (const error of [
      new StorageError('08006', null),
      new ConnectionsError('commit_outcome_unknown', ''),
      new TypeError('x'),
    ]) {
      failures = [error];
      await expect(connect(EXCHANGED)).rejects.toBe(error);
    }
  });
});
