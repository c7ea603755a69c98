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

  /** Answers in order, then `claimed`. */
  const answering = (...answers: string[]): { looks: () => number; look: () => Promise<string> } => {
    let looks = 0;
    return { looks: () => looks, look: async () => Promise.resolve(answers[looks++] ?? 'claimed') };
  };

  it('should look after steps that grow, for five seconds, and answer as things stand then', async () => {
    const steps: number[] = [];
    const waiter = new OutcomeWaiter<string>(async (ms) => Promise.resolve(steps.push(ms)));
    const { look, looks } = answering();
    expect(await waiter.wait('attempt', 'claimed', { look, isOver })).toBe('claimed');
    expect(steps).toEqual([50, 100, 200, 400, 800, 800, 800, 800, 800, 800]);
    expect(looks()).toBe(steps.length);
  });

  it('should look no more once it is over, and not at all when it was from the start', async () => {
    const waiter = new OutcomeWaiter<string>(async () => Promise.resolve());
    const { look, looks } = answering('claimed', 'denied');
    expect(await waiter.wait('over', 'connected', { look, isOver })).toBe('connected');
    expect(looks()).toBe(0);
    expect(await waiter.wait('attempt', 'claimed', { look, isOver })).toBe('denied');
    expect(looks()).toBe(2);
  });

  it('should wait for a hundred attempts, and for another when one is over, well or not', async () => {
    const pauses: (() => void)[] = [];
    const waiter = new OutcomeWaiter<string>(async () => new Promise<void>((resume) => pauses.push(resume)));
    const fails = async (): Promise<string> => Promise.reject(new Error('away'));
    const of = async (id: string, look: () => Promise<string>): Promise<string> =>
      waiter.wait(id, 'claimed', { look, isOver });
    const first = of('0', fails);
    const others = Array.from({ length: 99 }, async (_, index) =>
      of(String(index + 1), answering('denied').look),
    );
    expect(await of('more', answering('connected').look)).toBe('claimed');
    pauses[0]?.();
    await expect(first).rejects.toThrow('away');
    const next = of('more', answering('connected').look);
    pauses.forEach((resume) => {
      resume();
    });
    expect(await next).toBe('connected');
    expect(await Promise.all(others)).toEqual(Array(99).fill('denied'));
  });
});
