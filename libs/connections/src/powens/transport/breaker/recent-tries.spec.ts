import { CircuitState } from 'cockatiel';
import { beforeEach, describe, expect, it } from 'vitest';
import { SYSTEM_CLOCK } from '../clock.js';
import { RecentTries } from './recent-tries.js';

describe(RecentTries.name, () => {
  let nowMs: number;
  let tries: RecentTries;

  const failed = (state = CircuitState.Closed): boolean => tries.failure(state);

  beforeEach(() => {
    nowMs = 5_000_000;
    const clock = { ...SYSTEM_CLOCK, monotonicMs: () => nowMs };
    tries = new RecentTries({ failurePercent: 50, windowSeconds: 30, minCalls: 4 }, clock);
  });

  it('should open when more than the percentage of enough tries failed', () => {
    expect([failed(), failed(), failed()]).toEqual([false, false, false]);
    tries.success(CircuitState.Closed);
    expect(failed()).toBe(true);
  });

  it('should stay closed while half of them succeed', () => {
    for (let round = 1; round <= 20; round += 1) {
      tries.success(CircuitState.Closed);
      expect(failed()).toBe(false);
    }
  });

  it('should forget a try when its time is over, however few follow it', () => {
    for (let times = 1; times <= 3; times += 1) failed();
    nowMs += 31_000;
    expect([failed(), failed(), failed()]).toEqual([false, false, false]);
    nowMs += 10_000;
    expect(failed()).toBe(true);
  });

  it('should open at once when a probe fails, and begin anew when it succeeds', () => {
    for (let times = 1; times <= 3; times += 1) failed();
    expect(failed(CircuitState.HalfOpen)).toBe(true);
    tries.success(CircuitState.HalfOpen);
    expect([failed(), failed()]).toEqual([false, false]);
    expect(failed()).toBe(true);
  });
});
