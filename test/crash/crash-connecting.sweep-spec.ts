import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  FIRST_CONNECTION,
  RECONNECT,
  SECOND_CONNECTION,
  SERVER_FIRST_START,
} from '../helpers/crash/connecting.js';
import { sweep } from '../helpers/crash/sweep.js';
import { CrashWorld } from '../helpers/crash/world.js';
import { postgresCapabilities } from '../helpers/database.js';

/** Statements of the relay: it claims the event and acknowledges it. */
function deliveriesIn(points: readonly string[]): number {
  return points.filter((point) => point === 'UPDATE powens_outbox').length;
}

/**
 * `kill -9` before each statement, before each call to the provider and when its answer arrives, each in a process of
 * its own; then a restart, the sweeper, the relay, and a user who tries again.
 */
describe.skipIf(!postgresCapabilities().concurrent)('a callback that is killed at every point', () => {
  let world: CrashWorld;

  beforeAll(async () => {
    world = await CrashWorld.create();
  });

  afterAll(async () => {
    await world.close();
  });

  it('should end a first connection with its token kept or, between the answer and the sealing, lost and counted [N11, K02, W0-W6]', async () => {
    const { points, lost, wrong } = await sweep(world, FIRST_CONNECTION);
    expect(wrong).toEqual([]);
    const exchanged = points.indexOf('answer POST /auth/token/access');
    expect(points.slice(0, exchanged)).toEqual(['UPDATE powens_attempt', 'call POST /auth/token/access']);
    // Its event is held from the commit on: no claim comes before its acknowledgement.
    expect(deliveriesIn(points)).toBeGreaterThanOrEqual(1);
    // When the answer arrives, and before the token is kept with the attempt: everywhere else the sweeper goes on.
    expect(points[exchanged + 1]).toBe('UPDATE powens_attempt');
    expect(lost).toBe(2);
  });

  it('should end a second connection by a reload, with nothing lost', async () => {
    const { points, lost, wrong } = await sweep(world, SECOND_CONNECTION);
    expect(wrong).toEqual([]);
    expect(lost).toBe(0);
    expect(points).toContain('answer GET /users/me/connections/*');
    expect(deliveriesIn(points)).toBeGreaterThanOrEqual(1);
  });

  it('should end a reconnect by a reload, with nothing lost', async () => {
    const { points, lost, wrong } = await sweep(world, RECONNECT);
    expect(wrong).toEqual([]);
    expect(lost).toBe(0);
    expect(points).toContain('answer GET /users/me/connections/*');
    expect(deliveriesIn(points)).toBeGreaterThanOrEqual(2);
  });
});

describe.skipIf(!postgresCapabilities().concurrent)(
  'a server-first start that is killed at every point',
  () => {
    let world: CrashWorld;

    beforeAll(async () => {
      world = await CrashWorld.create('server-first');
    });

    afterAll(async () => {
      await world.close();
    });

    it('should make one Powens user, but for one whose answer died with the process [K02]', async () => {
      const { points, lost, wrong } = await sweep(world, SERVER_FIRST_START);
      expect(wrong).toEqual([]);
      const made = points.indexOf('answer POST /auth/init');
      expect(points.slice(made - 2, made + 2)).toEqual([
        'INSERT INTO powens_user',
        'call POST /auth/init',
        'answer POST /auth/init',
        'UPDATE powens_user',
      ]);
      expect(lost).toBe(2);
    });
  },
);
