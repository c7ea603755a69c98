import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BodyBudget } from './body-budget.js';
import { type HeldBody, SMALL_BYTES } from './body-pool.js';

const MIB = 1024 * 1024;
const LARGEST = MIB;
const CHUNK = 64 * 1024;
const ALIVE_WITHIN_MS = 2000;
const STALLS_AFTER_MS = ALIVE_WITHIN_MS + 1;

describe(BodyBudget.name, () => {
  let budget: BodyBudget;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] });
    budget = new BodyBudget(LARGEST);
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  /** A body of which so many bytes came, as far as there was room. */
  function arrived(source: string, bytes: number): HeldBody {
    const body = budget.open(source);
    for (let held = 0; held < bytes; held += CHUNK) {
      if (body.hold(Math.min(CHUNK, bytes - held)) !== null) return body;
    }
    return body;
  }

  it('should hold eight of the largest, and refuse the ninth of one source with a time to come back [N10]', () => {
    const bodies = Array.from({ length: 8 }, () => arrived('a', LARGEST));
    expect(bodies.every(({ bytes, signal }) => bytes === LARGEST && !signal.aborted)).toBe(true);
    const ninth = budget.open('a');
    expect(ninth.hold(SMALL_BYTES)).toBeNull();
    expect(ninth.hold(1)).toMatchObject({ code: 'busy', retryAfterSeconds: 5 });
  });

  it('should hold small bodies apart from large ones [N10]', () => {
    Array.from({ length: 8 }, () => arrived('a', LARGEST));
    expect(budget.open('a').hold(SMALL_BYTES)).toBeNull();
    expect(budget.open('b').hold(SMALL_BYTES)).toBeNull();
  });

  it('should hold 32 MiB of small ones, and no more of one source that goes on [N10]', () => {
    const held = Array.from({ length: (32 * MIB) / SMALL_BYTES }, () => budget.open('a'));
    expect(held.every((body) => body.hold(SMALL_BYTES) === null)).toBe(true);
    expect(budget.open('a').hold(1)).toMatchObject({ code: 'busy' });
    expect(budget.open('b').hold(1)).toBeNull();
    expect(held.filter(({ signal }) => signal.aborted)).toHaveLength(1);
  });

  it('should take from the source that holds most, its largest first, for one that holds less [N10]', () => {
    const most = [
      ...Array.from({ length: 4 }, () => arrived('most', LARGEST)),
      arrived('most', LARGEST - CHUNK),
    ];
    const some = Array.from({ length: 3 }, () => arrived('some', LARGEST));
    const comes = arrived('comes', LARGEST);
    expect(comes.bytes).toBe(LARGEST);
    expect(some.some(({ signal }) => signal.aborted)).toBe(false);
    expect(most.map(({ signal }) => signal.aborted).filter(Boolean)).toHaveLength(1);
    expect(most[4]?.signal.aborted).toBe(false);
    expect(most.find(({ signal }) => signal.aborted)?.signal.reason).toMatchObject({ code: 'busy' });
  });

  it('should take from others until the one that comes holds as much as they do, and no more [N10]', () => {
    const equal = ['a', 'b', 'c', 'd'].flatMap((source) => [
      arrived(source, LARGEST),
      arrived(source, LARGEST),
    ]);
    const comes = [arrived('e', LARGEST), arrived('e', LARGEST), arrived('e', LARGEST)];
    expect(comes.map(({ bytes }) => bytes === LARGEST)).toEqual([true, true, false]);
    expect(equal.filter(({ signal }) => signal.aborted)).toHaveLength(2);
  });

  it('should let a stalled body give way to another of its own source, and none that goes on [N10]', () => {
    const stalled = arrived('a', LARGEST - 1);
    vi.advanceTimersByTime(STALLS_AFTER_MS);
    const going = Array.from({ length: 7 }, () => arrived('a', LARGEST));
    const comes = arrived('a', LARGEST);
    expect(comes.bytes).toBe(LARGEST);
    expect(stalled.signal.aborted).toBe(true);
    expect(stalled.bytes).toBe(0);
    expect(going.some(({ signal }) => signal.aborted)).toBe(false);
  });

  it('should take a body that drips for a stalled one [N10]', () => {
    const drips = arrived('a', LARGEST - CHUNK);
    for (let drop = 0; drop < 30; drop += 1) {
      vi.advanceTimersByTime(100);
      drips.hold(1);
    }
    Array.from({ length: 7 }, () => arrived('a', LARGEST));
    arrived('a', LARGEST);
    expect(drips.signal.aborted).toBe(true);
  });

  it('should not take a body for stalled that grows by a small one every two seconds [N10]', () => {
    const grows = arrived('a', CHUNK * 4);
    for (let part = 0; part < 5; part += 1) {
      vi.advanceTimersByTime(ALIVE_WITHIN_MS);
      grows.hold(CHUNK);
    }
    Array.from({ length: 7 }, () => arrived('a', LARGEST));
    vi.advanceTimersByTime(ALIVE_WITHIN_MS);
    expect(arrived('a', LARGEST).bytes).toBeLessThan(LARGEST);
    expect(grows.signal.aborted).toBe(false);
  });

  it('should not let a stalled body give way to itself [N10]', () => {
    const bodies = Array.from({ length: 8 }, () => arrived('a', LARGEST));
    bodies.slice(1).forEach((body) => {
      body.complete();
    });
    vi.advanceTimersByTime(STALLS_AFTER_MS);
    expect(bodies[0]?.hold(1)).toMatchObject({ code: 'busy' });
    expect(bodies[0]?.signal.aborted).toBe(false);
  });

  it('should take from the source that holds most and its largest first, whoever came first [N10]', () => {
    const some = Array.from({ length: 3 }, () => arrived('some', LARGEST));
    const most = [LARGEST - CHUNK, LARGEST, LARGEST, LARGEST - CHUNK, LARGEST - CHUNK].map((bytes) =>
      arrived('most', bytes),
    );
    arrived('comes', LARGEST);
    expect(some.filter(({ signal }) => signal.aborted)).toEqual([]);
    expect(most.map(({ signal }) => signal.aborted)).toEqual([false, true, false, false, false]);
  });

  it('should not take from a source that would then hold less than the one that comes [N10]', () => {
    Array.from({ length: 4 }, () => arrived('a', LARGEST));
    const others = Array.from({ length: 4 }, () => arrived('b', LARGEST));
    const more = budget.open('a');
    more.hold(SMALL_BYTES);
    expect(more.hold(1)).toMatchObject({ code: 'busy' });
    expect(others.some(({ signal }) => signal.aborted)).toBe(false);
  });

  it('should not take from sources that hold no more than the one that comes would [N10]', () => {
    const equal = Array.from({ length: (8 * LARGEST) / (2 * CHUNK) }, (_, index) =>
      arrived(`source ${index}`, 2 * CHUNK),
    );
    expect(budget.open('comes').hold(2 * CHUNK)).toMatchObject({ code: 'busy' });
    expect(equal.every(({ bytes, signal }) => bytes === 2 * CHUNK && !signal.aborted)).toBe(true);
  });

  it('should never take from a body that is all there, since somebody works on it [N10]', () => {
    const complete = Array.from({ length: 8 }, () => arrived('a', LARGEST));
    complete.forEach((body) => {
      body.complete();
    });
    vi.advanceTimersByTime(STALLS_AFTER_MS);
    expect(arrived('b', LARGEST).bytes).toBe(SMALL_BYTES);
    expect(complete.some(({ signal }) => signal.aborted)).toBe(false);
  });

  it('should have all its room again when bodies are released, however often they are [N10]', () => {
    for (let round = 0; round < 3; round += 1) {
      const bodies = Array.from({ length: 8 }, () => arrived('a', LARGEST));
      expect(bodies.every(({ bytes }) => bytes === LARGEST)).toBe(true);
      bodies.forEach((body) => {
        body.release();
        body.release();
      });
    }
    expect(
      Array.from({ length: 9 }, () => arrived('b', LARGEST).bytes === LARGEST).filter(Boolean),
    ).toHaveLength(8);
  });
});
