import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DELETE_CONNECTION, ERASE_OWNER, RENEW_TOKEN, REVOKE_TOKEN } from '../helpers/crash/ending.js';
import { keyRotation } from '../helpers/crash/rotating.js';
import { sweep } from '../helpers/crash/sweep.js';
import { CrashWorld } from '../helpers/crash/world.js';
import { postgresCapabilities } from '../helpers/database.js';

/** As `crash-connecting.sweep-spec.ts`. What is begun must end with nobody's help, once its intent is durable. */
describe.skipIf(!postgresCapabilities().concurrent)('a change that is killed at every point', () => {
  let world: CrashWorld;

  beforeAll(async () => {
    world = await CrashWorld.create();
  });

  afterAll(async () => {
    await world.close();
  });

  it('should rotate the keys of every token, and open every token meanwhile [C13]', async () => {
    const { points, wrong } = await sweep(world, await keyRotation(world, 3));
    expect(wrong).toEqual([]);
    expect(points.filter((point) => point === 'UPDATE powens_user')).toHaveLength(2);
  });

  it.each([
    {
      operation: DELETE_CONNECTION,
      call: 'DELETE /users/me/connections/*',
      intent: 'UPDATE powens_connection',
    },
    { operation: ERASE_OWNER, call: 'DELETE /users/me', intent: 'UPDATE powens_user' },
    { operation: RENEW_TOKEN, call: 'POST /auth/renew', intent: 'UPDATE powens_user' },
    { operation: REVOKE_TOKEN, call: 'DELETE /auth/token', intent: 'UPDATE powens_user' },
  ])(
    'should finish: $operation.name, with no live token that no row knows and no dead one kept [K02, K11]',
    async ({ operation, call, intent }) => {
      const { points, lost, wrong } = await sweep(world, operation);
      expect(wrong).toEqual([]);
      expect(lost).toBe(0);
      expect(points).toEqual(expect.arrayContaining([intent, `call ${call}`, `answer ${call}`]));
      expect(points.indexOf(intent)).toBeLessThan(points.indexOf(`call ${call}`));
    },
  );
});
