import { beforeEach, describe, expect, it } from 'vitest';
import { CallbackLimiter } from './callback-limiter.js';

const [ANN, BOB] = [Buffer.from('ann'), Buffer.from('bob')];

describe(CallbackLimiter.name, () => {
  let now: number;
  let limiter: CallbackLimiter;

  beforeEach(() => {
    now = 1000;
    limiter = new CallbackLimiter(2, () => now);
  });

  const refusal = (browser: Buffer): unknown => {
    try {
      limiter.count(browser);
      return null;
    } catch (error) {
      return error;
    }
  };

  it('should take as many callbacks of one browser as are allowed, and refuse the next until the minute ends [N26]', () => {
    expect([refusal(ANN), refusal(ANN)]).toEqual([null, null]);
    now += 20_500;
    expect(refusal(ANN)).toMatchObject({ code: 'rate_limited', retryAfterSeconds: 40 });
    expect(refusal(BOB)).toBeNull();
    now += 39_499;
    expect(refusal(ANN)).toMatchObject({ retryAfterSeconds: 1 });
    now += 1;
    expect([refusal(ANN), refusal(ANN)]).toEqual([null, null]);
    expect(refusal(ANN)).toMatchObject({ retryAfterSeconds: 60 });
  });

  it('should count ten thousand browsers, and go on with those it counts when more come', () => {
    limiter.count(ANN);
    for (let index = 1; index < 10_000; index += 1) limiter.count(Buffer.from(String(index)));
    for (let times = 0; times < 3; times += 1) expect(refusal(BOB)).toBeNull();
    expect(refusal(Buffer.from('9999'))).toBeNull();
    expect(refusal(Buffer.from('9999'))).toMatchObject({ code: 'rate_limited' });
    expect(refusal(ANN)).toBeNull();
    expect(refusal(ANN)).toMatchObject({ code: 'rate_limited' });
  });

  it('should count by the clock of the process where none is given', () => {
    const own = new CallbackLimiter(1);
    own.count(ANN);
    expect(() => {
      own.count(ANN);
    }).toThrow(/too often/);
  });
});
