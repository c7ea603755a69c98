import { describe, expect, it } from 'vitest';
import { UnverifiedWork, type UnverifiedBody } from './unverified-work.js';

interface Held {
  readonly name: string;
  readonly end: () => void;
}

/** Work that ends when the test says so, and what became of each. */
class Bench {
  readonly running: Held[] = [];
  readonly began: string[] = [];
  readonly refused: string[] = [];
  readonly #work = new UnverifiedWork();

  async add(name: string, body: UnverifiedBody, fails = false): Promise<void> {
    this.#work
      .run(body, async () => {
        this.began.push(name);
        await new Promise<void>((end) => this.running.push({ name, end }));
        if (fails) throw new Error(name);
      })
      .catch((error: unknown) => {
        this.refused.push(`${name}: ${(error as { code?: string }).code ?? 'failed'}`);
      });
    await settled();
  }

  async endOne(): Promise<void> {
    this.running.shift()?.end();
    await settled();
  }
}

const of = (source: string, bytes = 100): UnverifiedBody => ({ source, bytes });

async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

describe(UnverifiedWork.name, () => {
  it('should work on two bodies at once, and begin another when one ends, well or not [N9]', async () => {
    const bench = new Bench();
    await bench.add('a1', of('a'), true);
    await bench.add('a2', of('a'));
    await bench.add('a3', of('a'));
    await bench.add('a4', of('a'));
    expect(bench.began).toEqual(['a1', 'a2']);
    await bench.endOne();
    expect(bench.began).toEqual(['a1', 'a2', 'a3']);
    await bench.endOne();
    expect(bench.began).toEqual(['a1', 'a2', 'a3', 'a4']);
    expect(bench.running).toHaveLength(2);
    expect(bench.refused).toEqual(['a1: failed']);
  });

  it('should let sources take turns, however many bodies one of them sends [N10]', async () => {
    const bench = new Bench();
    for (let index = 1; index <= 8; index += 1) await bench.add(`many${index}`, of('many'));
    await bench.add('one', of('one'));
    await bench.add('other', of('other'));
    for (let ended = 0; ended < 3; ended += 1) await bench.endOne();
    expect(bench.began.slice(2)).toEqual(['many3', 'one', 'other']);
  });

  it('should begin with the smallest of one source [N9]', async () => {
    const bench = new Bench();
    await bench.add('first', of('a'));
    await bench.add('second', of('a'));
    await bench.add('large', of('a', 3000));
    await bench.add('small', of('a', 10));
    await bench.add('middle', of('a', 200));
    for (let ended = 0; ended < 3; ended += 1) await bench.endOne();
    expect(bench.began.slice(2)).toEqual(['small', 'middle', 'large']);
  });

  it('should refuse the largest of the source with the most when too many wait, and no other [N10]', async () => {
    const bench = new Bench();
    await bench.add('runs1', of('many'));
    await bench.add('runs2', of('many'));
    for (let index = 0; index < 255; index += 1) await bench.add(`many${index}`, of('many', 1000 + index));
    await bench.add('one', of('one', 1_000_000));
    expect(bench.refused).toEqual([]);
    await bench.add('more', of('one', 2_000_000));
    expect(bench.refused).toEqual(['many254: busy']);
    await bench.add('small', of('many', 1));
    expect(bench.refused).toEqual(['many254: busy', 'many253: busy']);
    while (bench.running.length > 0) await bench.endOne();
    expect(bench.began).toHaveLength(2 + 253 + 1 + 2);
  });

  it('should forget a source whose only body was refused, and go on with the others [N10]', async () => {
    const bench = new Bench();
    await bench.add('runs1', of('first'));
    await bench.add('runs2', of('first'));
    for (let index = 0; index < 257; index += 1) await bench.add(`each${index}`, of(`source${index}`));
    expect(bench.refused).toEqual(['each0: busy']);
    while (bench.running.length > 0) await bench.endOne();
    expect(bench.began).toHaveLength(2 + 256);
    for (const name of ['last1', 'last2', 'last3']) await bench.add(name, of('source0'));
    expect(bench.began.slice(-2)).toEqual(['last1', 'last2']);
  });

  it('should work on two at once, however many came and went before [N9]', async () => {
    const bench = new Bench();
    for (let index = 0; index < 600; index += 1) {
      await bench.add(`each${index}`, of('a'));
      if (index > 2) await bench.endOne();
    }
    expect([bench.running.length, bench.refused]).toEqual([2, []]);
    await bench.endOne();
    await bench.endOne();
    await bench.endOne();
    for (const name of ['last1', 'last2', 'last3']) await bench.add(name, of('a'));
    expect(bench.running.map(({ name }) => name)).toEqual(['last1', 'last2']);
  });

  it('should give what the work gave, and wait for nobody when nobody waits', async () => {
    const work = new UnverifiedWork();
    expect(await work.run(of('a'), async () => Promise.resolve(7))).toBe(7);
    await expect(work.run(of('a'), async () => Promise.reject(new Error('broken')))).rejects.toThrow(
      'broken',
    );
  });

  it('should refuse one of the source that sends most, whoever came first, with a time to come back [N10]', async () => {
    const bench = new Bench();
    await bench.add('runs1', of('few'));
    await bench.add('runs2', of('few'));
    await bench.add('few1', of('few', 9000));
    for (let index = 0; index < 256; index += 1) await bench.add(`many${index}`, of('many', 1000 + index));
    expect(bench.refused).toEqual(['many255: busy']);
    for (let ended = 0; ended < 10; ended += 1) await bench.endOne();
    for (let index = 0; index < 10; index += 1) await bench.add(`later${index}`, of('few'));
    expect(bench.refused).toHaveLength(1);

    const work = new UnverifiedWork();
    const never = async (): Promise<never> => new Promise<never>(() => undefined);
    const waiting = Array.from({ length: 259 }, async () => work.run(of('a'), never));
    await expect(Promise.race(waiting)).rejects.toMatchObject({ code: 'busy', retryAfterSeconds: 5 });
  });
});
