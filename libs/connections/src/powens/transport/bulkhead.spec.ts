import { describe, expect, it } from 'vitest';
import { rejection } from '../__support__/powens-under-test.js';
import { Bulkhead, BulkheadFullError } from './bulkhead.js';

const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const NEVER_MS = 900_000;

/** A call that lasts until it is let go. */
function gated(): { opened: Promise<void>; open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

describe(`${Bulkhead.name} [RL-17]`, () => {
  it('should let no more than the limit out at once, and all of them in the end', async () => {
    const bulkhead = new Bulkhead(3, 100, NEVER_MS);
    let running = 0;
    let most = 0;
    const call = async (): Promise<void> => {
      most = Math.max(most, (running += 1));
      await later(1);
      running -= 1;
    };
    await Promise.all(Array.from({ length: 50 }, () => bulkhead.run(call)));
    expect(most).toBe(3);
    expect(running).toBe(0);
  });

  it('should serve those who wait in their order', async () => {
    const bulkhead = new Bulkhead(1, 100, NEVER_MS);
    const order: number[] = [];
    const call = (n: number) => async (): Promise<void> => {
      await later(1);
      order.push(n);
    };
    await Promise.all([1, 2, 3, 4].map((n) => bulkhead.run(call(n))));
    expect(order).toEqual([1, 2, 3, 4]);
  });

  it('should refuse at once when too many wait', async () => {
    const bulkhead = new Bulkhead(1, 1, NEVER_MS);
    const gate = gated();
    const first = bulkhead.run(() => gate.opened);
    const second = bulkhead.run(() => later(1));
    expect(await rejection(bulkhead.run(() => later(1)))).toBeInstanceOf(BulkheadFullError);
    gate.open();
    await Promise.all([first, second]);
  });

  it('should refuse who waited too long, and skip him', async () => {
    const bulkhead = new Bulkhead(1, 10, 10);
    const gate = gated();
    const first = bulkhead.run(() => gate.opened);
    expect(await rejection(bulkhead.run(() => later(1)))).toBeInstanceOf(BulkheadFullError);
    gate.open();
    await first;
    expect(await bulkhead.run(() => Promise.resolve('free'))).toBe('free');
  });

  it('should free the place of a call that fails', async () => {
    const bulkhead = new Bulkhead(1, 0, 10);
    await rejection(bulkhead.run(() => Promise.reject(new Error('failed'))));
    expect(await bulkhead.run(() => Promise.resolve('free'))).toBe('free');
  });
});
