import { setTimeout as sleep } from 'node:timers/promises';
import { endLeases } from '../settle.js';
import { World } from '../world.js';
import { stoppedInWebhook, struckInCallback } from './held.js';
import { judge, until, type Outcome, type Scenario, type Stage } from './scenario.js';

/** A replica that stands still for longer than its leases, and goes on as if nothing had happened. */
export const STOPPED: Scenario = {
  name: 'stopped',
  isInShort: true,
  run: async (stage) => {
    const outcomes: Outcome[] = [];
    for (const play of [struckInCallback, stoppedInWebhook, stoppedAnywhere]) {
      outcomes.push(stage.report(await play(stage)));
    }
    return outcomes;
  },
};

async function stoppedAnywhere({ server, isShort }: Stage): Promise<Outcome> {
  const rounds = isShort ? 3 : 30;
  const world = await World.create({ server, replicas: 2 });
  try {
    const { fleet, crowd } = world;
    let isOver = false;
    const people = crowd.connectUntil(4, (begun) => isOver && begun >= rounds * 4);
    await until(() => crowd.people.length > 1, 'the first people');
    for (let round = 0; round < rounds; round += 1) {
      const replica = fleet.replica(round % fleet.size);
      replica?.stopped(true);
      await sleep(500);
      // Nobody waits for minutes here: the time that leases are for passes at once.
      await endLeases(world);
      await sleep(1500);
      replica?.stopped(false);
      await sleep(500);
    }
    isOver = true;
    await people;
    return await judge(world, `SIGSTOP beyond every lease, ${rounds} times`);
  } finally {
    await world.close();
  }
}
