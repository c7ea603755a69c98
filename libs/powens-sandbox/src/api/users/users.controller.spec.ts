import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SandboxHarness } from '../../__helpers__/sandbox.harness.js';
import { USERS_TOKEN } from '../../index.js';
import { UsersController } from './users.controller.js';

describe(UsersController.name, () => {
  let sandbox: SandboxHarness;
  beforeAll(async () => {
    sandbox = await SandboxHarness.start();
  });
  afterAll(() => sandbox.close());
  beforeEach(() => sandbox.post('/sandbox/reset'));

  it('should write a user with a Paris wall clock, by me and by number', async () => {
    const { token, id } = await sandbox.permanentUser();
    const { json } = await sandbox.get('/2.0/users/me', token);
    expect(json).toEqual({ id, signin: json['signin'], platform: 'sharedAccess' });
    expect(json['signin']).toMatch(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/);
    expect((await sandbox.get(`/2.0/users/${id}`, token)).json).toEqual(json);
  });

  it('should not find another user', async () => {
    const [one, other] = [await sandbox.permanentUser(), await sandbox.permanentUser()];
    const { status, json } = await sandbox.get(`/2.0/users/${other.id}`, one.token);
    expect([status, json['code']]).toEqual([404, 'notFound']);
  });

  it('should delete a user with 204, and its tokens and connections with it', async () => {
    const { token } = await sandbox.connectedUser();
    expect((await sandbox.call('DELETE', '/2.0/users/me', { bearer: token })).status).toBe(204);
    expect((await sandbox.get('/2.0/users/me', token)).status).toBe(401);
    expect(sandbox.ledger.users).toMatchObject([{ deleted: true }]);
    expect(sandbox.ledger.connections).toMatchObject([{ deleted: true }]);
  });

  it('should purge a user that stays temporary for thirty minutes', async () => {
    const callback = await sandbox.visit();
    await sandbox.advanceClock(1799);
    expect(sandbox.ledger.users).toMatchObject([{ temporary: true, deleted: false }]);
    await sandbox.advanceClock(2);
    expect((await sandbox.exchange(callback.searchParams.get('code') ?? '')).status).toBe(400);
    expect(sandbox.ledger.users).toMatchObject([{ deleted: true }]);
    expect(sandbox.ledger.connections).toMatchObject([{ deleted: true }]);
  });

  it('should keep a temporary user whose code was exchanged in time', async () => {
    const { token } = await sandbox.connectedUser();
    await sandbox.advanceClock(3600);
    expect((await sandbox.get('/2.0/users/me', token)).status).toBe(200);
    expect(sandbox.ledger.users).toMatchObject([{ temporary: false, deleted: false }]);
  });

  it('should list users to the users token only', async () => {
    const { token, id } = await sandbox.permanentUser();
    expect((await sandbox.get('/2.0/users', token)).status).toBe(403);
    expect((await sandbox.get('/2.0/users', USERS_TOKEN)).json).toMatchObject({ users: [{ id }], total: 1 });
  });
});
