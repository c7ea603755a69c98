import { describe, expect, it } from 'vitest';
import { SandboxHarness } from '../../__helpers__/sandbox.harness.js';
import { ProfilesController } from './profiles.controller.js';

describe(ProfilesController.name, () => {
  it('should give each user one profile, under three names, and none of another user', async () => {
    const sandbox = await SandboxHarness.start();
    const { token, id } = await sandbox.permanentUser();
    const { json } = await sandbox.get('/2.0/users/me/profiles', token);
    expect(json).toMatchObject({ profiles: [{ id_user: id, role: 'admin' }], total: 1 });
    const [profile] = json['profiles'] as { id: number }[];
    for (const name of ['main', 'me', profile?.id]) {
      expect((await sandbox.get(`/2.0/users/${id}/profiles/${name}`, token)).json).toEqual(profile);
    }
    const other = await sandbox.permanentUser();
    expect((await sandbox.get(`/2.0/users/${id}/profiles`, other.token)).status).toBe(404);
    expect((await sandbox.get(`/2.0/users/me/profiles/${id}`, other.token)).status).toBe(404);
    await sandbox.close();
  });
});
