import { describe, expect, it } from 'vitest';
import { remembered, stopLeftRunning } from './left-running.js';

describe('what a failed test left running', () => {
  it('should be stopped with its database, the last one first', async () => {
    const [database, other] = [{}, {}];
    const stopped: string[] = [];
    const start = (on: object, name: string): (() => Promise<void>) =>
      remembered(on, async () => {
        await Promise.resolve();
        stopped.push(name);
      });
    start(database, 'first');
    const stopSecond = start(database, 'second');
    start(other, 'of another database');
    start(database, 'third');
    await stopSecond();
    await stopLeftRunning(database);
    expect(stopped).toEqual(['second', 'third', 'first']);
    await stopLeftRunning();
    expect(stopped.slice(3)).toEqual(['of another database']);
  });

  it('should not keep the others from being stopped when it cannot be', async () => {
    let isStopped = false;
    remembered({}, async () => {
      await Promise.resolve();
      isStopped = true;
    });
    remembered({}, async () => Promise.reject(new Error('no database')));
    await stopLeftRunning();
    expect(isStopped).toBe(true);
  });
});
