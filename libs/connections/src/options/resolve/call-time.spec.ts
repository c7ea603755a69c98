import { describe, expect, it } from 'vitest';
import { attemptLeaseSeconds, longestCallMs, changeLeaseSeconds } from './call-time.js';

const TIMEOUTS = [100, 1000, 4999, 5000, 30_000, 120_000];

describe('leases that cover a call to Powens', () => {
  it.each(TIMEOUTS)(
    'should be longer than the longest call of %i ms, whatever the option says',
    (totalTimeoutMs) => {
      const powens = { totalTimeoutMs };
      for (const leaseSeconds of [1, 60, 3600]) {
        const seconds = changeLeaseSeconds({ lifecycle: { leaseSeconds }, powens });
        expect(seconds * 1000).toBeGreaterThan(longestCallMs(powens));
        expect(seconds).toBeGreaterThanOrEqual(leaseSeconds);
      }
      expect(attemptLeaseSeconds(powens) * 1000).toBeGreaterThan(longestCallMs(powens));
    },
  );
});
