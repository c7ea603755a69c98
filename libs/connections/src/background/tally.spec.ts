import { describe, expect, it } from 'vitest';
import { Tally } from './tally.js';

const turn = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe(Tally.name, () => {
  it('should resolve after the next events, and not before', async () => {
    const tally = new Tally();
    tally.count();
    let isReached = false;
    const reached = tally.next(2).then(() => {
      isReached = true;
    });
    tally.count();
    await turn();
    expect([isReached, tally.total]).toEqual([false, 2]);
    tally.count();
    await reached;
    expect([isReached, tally.total]).toEqual([true, 3]);
    tally.count();
    expect(tally.total).toBe(4);
  });

  it('should not wait for none', async () => {
    const tally = new Tally();
    await tally.next(0);
    await tally.next(-3);
    expect(tally.total).toBe(0);
  });
});
