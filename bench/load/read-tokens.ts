import type { Task, TaskResult } from '../control/protocol.js';
import { closedLoop, timed } from './closed-loop.js';

/**
 * Reads tokens of one owner after the other.
 *
 * @param read - gives the length of an owner's token
 * @throws Error when an owner has none
 */
export async function readTokens(
  task: Extract<Task, { kind: 'tokens' }>,
  read: (owner: string) => Promise<number>,
): Promise<TaskResult> {
  let next = 0;
  const readOne = async (): Promise<number> =>
    timed(async () => {
      const owner = task.owners[next++ % task.owners.length] ?? '';
      if ((await read(owner)) === 0) {
        throw new Error(`${owner} has no token`);
      }
    });
  const { results, seconds } = await closedLoop(readOne, task.concurrency, (passed) => passed < task.seconds);
  return { operations: results.length, seconds, times: results };
}
