import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseServer } from '../processes/database-server.js';
import { World } from '../world.js';
import { judge, until, type Outcome, type Scenario } from './scenario.js';

const DISK_MIB = 110;

/** The database's disk is full for some seconds. Needs root, to mount a small one. */
export const FULL_DISK: Scenario = {
  name: 'full disk',
  isInShort: false,
  run: async ({ report }) => {
    let server: DatabaseServer;
    try {
      server = await DatabaseServer.start(DISK_MIB);
    } catch (error) {
      const skipped = String(error).slice(0, 120);
      return [report({ name: 'full disk', counts: { skipped }, violations: [] })];
    }
    try {
      return [report(await onFullDisk(server))];
    } finally {
      await server.stop();
    }
  },
};

async function onFullDisk(server: DatabaseServer): Promise<Outcome> {
  const world = await World.create({ server, replicas: 2 });
  try {
    const { crowd } = world;
    let isOver = false;
    const people = crowd.connectUntil(4, (begun) => isOver && begun >= 30);
    await until(() => crowd.people.length > 3, 'the first people');
    const balloon = join(server.dataFolder, 'balloon');
    fillDisk(balloon, server.dataFolder);
    await sleep(6000);
    const died = !server.isRunning;
    rmSync(balloon);
    if (!server.isRunning) await server.startAgain();
    isOver = true;
    await people;
    const outcome = await judge(world, 'full disk');
    return { ...outcome, counts: { ...outcome.counts, 'database ended': String(died) } };
  } finally {
    await world.close();
  }
}

function fillDisk(file: string, disk: string): void {
  for (;;) {
    const { bavail, bsize } = statfsSync(disk);
    if (bavail === 0) return;
    writeFileSync(file, Buffer.alloc(Math.min(bavail * bsize, 1024 * 1024)), { flag: 'a' });
  }
}
