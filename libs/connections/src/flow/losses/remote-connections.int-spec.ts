import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  ConnectionChangesRepository,
  type StandingConnection,
} from '../../connections/connection-changes.repository.js';
import { PowensApiError } from '../../errors/index.js';
import type { PowensConnection } from '../../powens/powens.parsers.js';
import type { OwnedPowensUser } from '../../values/owned-powens-user.js';
import { assertOwn, isConnectionNotFound, isOwnAnswer } from './own-connections.js';
import { RemoteConnections } from './remote-connections.service.js';
import { LossesUnderTest } from './__support__/losses-under-test.js';

const OWNER = { id: 'ann', tenant: '' };

function answer(
  status: number | null,
  powensCode: string | null,
  code: PowensApiError['code'] = 'connection_not_found',
): PowensApiError {
  return new PowensApiError(code as 'connection_not_found', {
    ...{ operation: 'GET /users/me/connections/1', status, powensCode },
    ...{ description: null, requestId: null, processed: 'no' },
  });
}

const remote = (id: string, more: Partial<PowensConnection> = {}): PowensConnection => ({
  ...{ id, userId: '412', connectorUuid: null, connectorName: null, state: null },
  ...{ created: null, lastUpdate: null, expire: null },
  ...more,
});

describe(RemoteConnections.name, () => {
  let world: LossesUnderTest;
  let account: OwnedPowensUser;
  let userId: string;

  beforeAll(async () => {
    world = await LossesUnderTest.open();
  });

  beforeEach(async () => {
    await world.empty();
    world.answers.otherwise = answer(404, 'noConnection');
    ({ id: userId } = await world.store.put('user', { owner_id: 'ann', powens_user_id: '412' }));
    account = {
      userId,
      powensUserId: '412',
      provider: { apiOrigin: '', clientId: '' },
      sealedToken: 'sealed',
    };
  });

  afterAll(async () => {
    await world.store.close();
  });

  async function standing(values: object = {}): Promise<StandingConnection> {
    const { id } = await world.store.put('connection', { user_id: userId, owner_id: 'ann', ...values });
    const found = await new ConnectionChangesRepository(world.store.database).get(id);
    if (found === null) throw new Error('no such connection');
    return found;
  }

  const statuses = async (): Promise<unknown[]> =>
    (
      await world.store.query<{ status: string }>('SELECT status FROM powens_loss ORDER BY first_seen_at')
    ).map(({ status }) => status);

  it('should note each that Powens itself does not find, and take nothing out of use yet', async () => {
    const { missing } = world.services();
    const locals = [await standing(), await standing({ status: 'unconfirmed' })];
    expect(await missing.look(OWNER, account, locals)).toEqual({ changed: 0, removed: 0, missing: 2 });
    expect(await statuses()).toEqual(['suspected', 'suspected']);
    expect(await missing.notFound(locals[0] as StandingConnection)).toBe('suspected');
    expect(await world.store.query('SELECT DISTINCT subject, evidence FROM powens_loss')).toEqual([
      { subject: 'connection', evidence: 'connection_not_found' },
    ]);
  });

  it('should remove those that are missing where the owner was there, and count them', async () => {
    const { missing } = world.services({ maxPerDay: 1 });
    const locals = [await standing(), await standing()];
    expect(await missing.look(OWNER, account, locals, true)).toEqual({ changed: 0, removed: 1, missing: 1 });
    expect((await statuses()).sort()).toEqual(['applied', 'held']);
    const { missing: more } = world.services({ maxPerDay: 10 });
    const next = await standing();
    await world.store.query('DELETE FROM powens_loss');
    expect(await more.notFound(next, true)).toBe('applied');
  });

  it('should take over what Powens says of one that is there, and end its loss', async () => {
    const { missing } = world.services();
    const [changed, same] = [await standing(), await standing()];
    const waiting = await standing({ status: 'unconfirmed' });
    for (const { id } of [changed, same]) await world.store.put('loss', { subject_id: id, user_id: userId });
    for (const local of [changed, waiting]) {
      const found = remote(local.powensConnectionId, { state: 'wrongpass' });
      world.answers.connections.set(local.powensConnectionId, found);
    }
    world.answers.connections.set(same.powensConnectionId, remote(same.powensConnectionId));
    const looked = await missing.look(OWNER, account, [changed, same, waiting]);
    expect(looked).toEqual({ changed: 2, removed: 0, missing: 0 });
    expect(await statuses()).toEqual(['recovered', 'recovered']);
    for (const [{ id }, state] of [
      [changed, 'wrongpass'],
      [waiting, 'wrongpass'],
      [same, null],
    ] as const) {
      expect(await world.store.find('connection', id)).toMatchObject({ state });
    }
    // One in quarantine is not told of.
    expect(await world.events()).toMatchObject([
      { type: 'connection.action_required', connectionId: changed.id, ownerId: 'ann', attemptId: null },
    ]);
  });

  it.each([
    ['404 that Powens did not write', answer(404, null)],
    ['403 in the words of Powens', answer(403, 'forbidden', 'powens_refused')],
    ['no answer', answer(null, null, 'powens_unreachable')],
    ['another error', new Error('noConnection')],
  ])('should conclude nothing from %s', async (_, error) => {
    const { missing } = world.services();
    world.answers.otherwise = error;
    await expect(missing.look(OWNER, account, [await standing()], true)).rejects.toBe(error);
    expect(await statuses()).toEqual([]);
  });

  it('should conclude nothing from a connection of another Powens user', async () => {
    const { missing } = world.services();
    const local = await standing();
    const id = local.powensConnectionId;
    world.answers.connections.set(id, remote(id, { userId: '413', state: 'wrongpass' }));
    await expect(missing.look(OWNER, account, [local], true)).rejects.toMatchObject({
      code: 'powens_response_invalid',
      failure: {
        operation: 'GET /users/me/connections',
        status: 200,
        powensCode: null,
        processed: 'unknown',
      },
    });
    expect(await world.store.find('connection', local.id)).toMatchObject({ status: 'active', state: null });
  });

  it('should end the losses of what is listed, and of nothing else', async () => {
    const { missing } = world.services();
    const [listed, left, foreign] = [await standing(), await standing(), await standing()];
    for (const { id } of [listed, left]) await world.store.put('loss', { subject_id: id, user_id: userId });
    const never = await world.store.put('loss', { subject_id: foreign.id });
    await missing.found([listed, left, foreign], [remote(listed.powensConnectionId), remote('7')]);
    const open = await world.store.query<{ subject_id: string }>(
      `SELECT subject_id FROM powens_loss WHERE status = 'suspected' AND id <> $1`,
      [never.id],
    );
    expect(open).toEqual([{ subject_id: left.id }]);
    await missing.found([], [remote(left.powensConnectionId)]);
    expect(await world.store.query(`SELECT 1 FROM powens_loss WHERE status = 'suspected'`)).toHaveLength(2);
  });
});

describe('the words of Powens', () => {
  it.each([
    [answer(404, 'noUser'), true],
    [answer(401, 'unauthorized'), true],
    [answer(403, 'forbidden'), false],
    [answer(404, null), false],
    [answer(null, 'noUser'), false],
    [new Error('404'), false],
  ])('should be told from what others answer: %s', (error, isOwn) => {
    expect(isOwnAnswer(error, [401, 404])).toBe(isOwn);
  });

  it.each([
    [answer(404, 'noConnection'), true],
    [answer(404, null), false],
    [answer(404, 'noUser', 'powens_user_not_found'), false],
    [new Error('noConnection'), false],
  ])('should say that a connection is not there, or not: %s', (error, isNotThere) => {
    expect(isConnectionNotFound(error)).toBe(isNotThere);
  });

  it('should be about the user that was asked about', () => {
    const own = [remote('1'), remote('2', { userId: null })];
    expect(assertOwn(own, '412')).toBe(own);
    expect(() => assertOwn([...own, remote('3', { userId: '413' })], '412')).toThrow(PowensApiError);
  });
});
