import { describe, expect, it } from 'vitest';
import { OutcomeWaiter } from './outcome-waiter.js';

const isOver = (status: string): boolean => status !== 'claimed';

describe(OutcomeWaiter.name, () => {
  it('should look once at a time for all callbacks that wait, and answer beyond the cap as things stand [N25]', async () => {
    const waiter = new OutcomeWaiter<string>();
    let calls = 0;
    let status = 'claimed';
    const refetch = async (): Promise<string> => {
      calls += 1;
      if (calls === 3) status = 'connected';
      return Promise.resolve(status);
    };
    const outcomes = await Promise.all(
      Array.from({ length: 1000 }, async () => waiter.wait('attempt', 'claimed', { refetch, isOver })),
    );
    expect(calls).toBe(3);
    expect(outcomes.filter((outcome) => outcome === 'connected')).toHaveLength(50);
    expect(outcomes.filter((outcome) => outcome === 'claimed')).toHaveLength(950);
  });

  /** Answers in order, then `claimed`. */
  const answering = (...answers: string[]): { calls: () => number; refetch: () => Promise<string> } => {
    let calls = 0;
    return { calls: () => calls, refetch: async () => Promise.resolve(answers[calls++] ?? 'claimed') };
  };

  it('should look after steps that grow, for five seconds, and answer as things stand then', async () => {
    const steps: number[] = [];
    const waiter = new OutcomeWaiter<string>(async (ms) => Promise.resolve(steps.push(ms)));
    const { refetch, calls } = answering();
    expect(await waiter.wait('attempt', 'claimed', { refetch, isOver })).toBe('claimed');
    expect(steps).toEqual([50, 100, 200, 400, 800, 800, 800, 800, 800, 800]);
    expect(calls()).toBe(steps.length);
  });

  it('should look no more once it is over, and not at all when it was from the start', async () => {
    const waiter = new OutcomeWaiter<string>(async () => Promise.resolve());
    const { refetch, calls } = answering('claimed', 'denied');
    expect(await waiter.wait('over', 'connected', { refetch, isOver })).toBe('connected');
    expect(calls()).toBe(0);
    expect(await waiter.wait('attempt', 'claimed', { refetch, isOver })).toBe('denied');
    expect(calls()).toBe(2);
  });

  it('should wait for a hundred attempts, and for another when one is over, well or not', async () => {
    const pauses: (() => void)[] = [];
    const waiter = new OutcomeWaiter<string>(async () => new Promise<void>((resume) => pauses.push(resume)));
    const fails = async (): Promise<string> => Promise.reject(new Error('away'));
    const of = async (id: string, refetch: () => Promise<string>): Promise<string> =>
      waiter.wait(id, 'claimed', { refetch, isOver });
    const first = of('0', fails);
    const others = Array.from({ length: 99 }, async (_, index) =>
      of(String(index + 1), answering('denied').refetch),
    );
    expect(await of('more', answering('connected').refetch)).toBe('claimed');
    pauses[0]?.();
    await expect(first).rejects.toThrow('away');
    const next = of('more', answering('connected').refetch);
    pauses.forEach((resume) => {
      resume();
    });
    expect(await next).toBe('connected');
    expect(await Promise.all(others)).toEqual(Array(99).fill('denied'));
  });
});
