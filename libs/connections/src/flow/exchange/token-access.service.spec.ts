import { beforeEach, describe, expect, it } from 'vitest';
import type { AttemptClaimRepository } from '../../attempts/attempt-claim.repository.js';
import type { AttemptCustody } from '../../custody/attempt-custody.service.js';
import type { TokenCustodyService } from '../../custody/token-custody.service.js';
import type { PowensUserLeaseRepository } from '../../custody/powens-user-lease.repository.js';
import type { PowensClient } from '../../powens/powens.client.js';
import { AccessToken } from '../../values/secrets/access-token.js';
import type { TokenService } from '../tokens/token.service.js';
import { TokenAccessService } from './token-access.service.js';
import type { Undone } from './token-access.types.js';

/** An attempt whose id was issued at the time of its row. */
const BEGAN = new Date('2026-03-14T10:00:00Z');
const ATTEMPT = { id: idAt(BEGAN), createdAt: BEGAN };
const DURING = new Date('2026-03-14T10:01:00Z');
const BEFORE = new Date('2026-03-13T10:00:00Z');

function idAt(time: Date): string {
  const digits = time.getTime().toString(16).padStart(12, '0');
  return `${digits.slice(0, 8)}-${digits.slice(8)}-7000-8000-000000000000`;
}

describe(TokenAccessService.name, () => {
  /** What Powens answers. */
  let answers: { signin: Date | null; connections: { created: Date | null }[] };
  let sent: string[];

  beforeEach(() => {
    answers = { signin: DURING, connections: [{ created: DURING }] };
    sent = [];
  });

  async function undo(attempt = ATTEMPT): Promise<Undone> {
    const send =
      (call: string): (() => Promise<void>) =>
      async () => {
        sent.push(call);
        return Promise.resolve();
      };
    const powens = {
      getUser: async () => Promise.resolve({ id: '412', signin: answers.signin }),
      listConnections: async () => Promise.resolve(answers.connections),
      deleteUser: send('DELETE user'),
      revokeToken: send('DELETE token'),
    } as unknown as PowensClient;
    const leases = { findByPowensUser: async () => Promise.resolve(null) };
    return new TokenAccessService(
      {} as TokenService,
      {} as AttemptClaimRepository,
      {} as AttemptCustody,
      powens,
      leases as unknown as PowensUserLeaseRepository,
      {} as TokenCustodyService,
      { instance: 'default' },
    ).compensate(attempt, AccessToken.of('made-up-token'));
  }

  it('should delete a Powens user that this attempt created, with its bank', async () => {
    expect(await undo()).toEqual({ kind: 'user_deleted', powensUserId: '412' });
    expect(sent).toEqual(['DELETE user']);
  });

  it.each([
    ['is older, though its list of connections is empty', BEFORE, []],
    ['is older, though its connection is new', BEFORE, [{ created: DURING }]],
    ['is of an unknown age', null, []],
    ['has an older connection', DURING, [{ created: BEFORE }]],
    ['has a connection of an unknown age', DURING, [{ created: null }]],
    ['has a new connection and an older one', DURING, [{ created: DURING }, { created: BEFORE }]],
    ['is older by more than clocks differ', new Date(BEGAN.getTime() - 60_001), []],
  ])('should only revoke the token of a Powens user that %s', async (_, signin, connections) => {
    answers = { signin, connections };
    expect(await undo()).toEqual({ kind: 'token_revoked', powensUserId: '412' });
    expect(sent).toEqual(['DELETE token']);
  });

  it('should allow for clocks that differ by a minute', async () => {
    answers = { signin: new Date(BEGAN.getTime() - 60_000), connections: [] };
    expect(await undo()).toEqual({ kind: 'user_deleted', powensUserId: '412' });
  });

  it('should recognise what was created by an attempt of a process whose clock is ten minutes ahead', async () => {
    const id = idAt(new Date(BEGAN.getTime() + 600_000));
    expect(await undo({ ...ATTEMPT, id })).toEqual({ kind: 'user_deleted', powensUserId: '412' });
    answers = { signin: new Date(BEGAN.getTime() - 60_001), connections: [] };
    expect(await undo({ ...ATTEMPT, id })).toMatchObject({ kind: 'token_revoked' });
  });

  it('should take the later of the time in the id and the time in the row, which may have been edited', async () => {
    const between = new Date('2026-03-14T09:00:00Z');
    answers = { signin: between, connections: [{ created: between }] };
    expect(await undo({ ...ATTEMPT, createdAt: BEFORE })).toMatchObject({ kind: 'token_revoked' });
    expect(await undo({ ...ATTEMPT, id: '00000000-0000-7000-8000-000000000000' })).toMatchObject({
      kind: 'token_revoked',
    });
  });
});
