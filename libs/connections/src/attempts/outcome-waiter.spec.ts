import { describe, expect, it } from 'vitest';
import { OutcomeWaiter } from './outcome-waiter.js';

const isOver = (status: string): boolean => status !== 'claimed';

describe(OutcomeWaiter.name, () => {
  it('should look once at a time for all callbacks that wait, and answer beyond the cap as things stand [N25]', async () => {
    const waiter = new OutcomeWaiter<string>();
    let looks = 0;
    let status = 'claimed';
    const look = async (): Promise<string> => {
      looks += 1;
      if (looks === 3) status = 'connected';
      return Promise.resolve(status);
    };
    const outcomes = await Promise.all(
      Array.from({ length: 1000 }, async () => waiter.wait('attempt', 'claimed', { look, isOver })),
    );
    expect(looks).toBe(3);
    expect(outcomes.filter((outcome) => outcome === 'connected')).toHaveLength(50);
    expect(outcomes.filter((outcome) => outcome === 'claimed')).toHaveLength(950);
  });
});
