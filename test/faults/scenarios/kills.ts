import { setTimeout as sleep } from 'node:timers/promises';
import type { Provisioning } from 'nestjs-powens-connections';
import { World } from '../world.js';
import { judge, type Outcome, type Scenario, type Stage } from './scenario.js';

/** Replicas are killed as fast as they come back, while people connect banks. */
export const KILLS: Scenario = {
  name: 'kills',
  isInShort: true,
  run: async (stage) => {
    const outcomes: Outcome[] = [];
    for (const provisioning of ['webview-first', 'server-first'] as const) {
      outcomes.push(stage.report(await killed(stage, provisioning)));
    }
    return outcomes;
  },
};

async function killed(stage: Stage, provisioning: Provisioning): Promise<Outcome> {
  const { server, isShort, random } = stage;
  const replicas = isShort ? 2 : 4;
  const leastFlows = isShort ? 24 : 2000;
  const leastKills = isShort ? 2 : 20;
  const world = await World.create({ server, replicas, provisioning });
  try {
    const { fleet, crowd } = world;
    let isOver = false;
    const killer = async (): Promise<void> => {
      while (!isOver) {
        await sleep(200 + random() * 1300);
        // The others carry on meanwhile.
        const index = Math.floor(random() * fleet.size);
        if (fleet.replica(index)?.isUp !== true) continue;
        await fleet.kill(index);
        await fleet.startReplica(index);
      }
    };
    const killing = killer();
    await crowd.connectUntil(isShort ? 3 : 8, (begun) => begun >= leastFlows && fleet.kills >= leastKills);
    isOver = true;
    await killing;
    return await judge(world, `kills, ${provisioning}, ${replicas} replicas`);
  } finally {
    await world.close();
  }
}
