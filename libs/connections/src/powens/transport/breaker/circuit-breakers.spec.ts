import { describe, expect, it } from 'vitest';
import { failureOf, GET } from '../../__support__/calls-under-test.js';
import { httpFor } from '../../__support__/powens-under-test.js';
import { json, stubHttp, stubTcp, type Stub } from '../../__support__/stub-server.js';
import { CircuitBreakers } from './circuit-breakers.js';
import { withCredentials } from '../powens-call.js';
import type { PowensHttp } from '../powens.http.js';

const SETTINGS = {
  failurePercent: 50,
  minCalls: 4,
  windowSeconds: 3600,
  openSeconds: 10,
  maxOpenSeconds: 30,
};

const EXCHANGE = withCredentials('/auth/token/access', () => '{}');
/** A write that is sent once. */
const POST = withCredentials('/auth/renew', () => '{}');

/** Powens as it answers at the moment, and a transport whose clock the test moves; no pause is shortened. */
class Provider {
  status = 500;
  now = 0;
  /** Answers that are withheld until the test gives them. */
  held: (() => void)[] | null = null;

  private constructor(
    readonly stub: Stub,
    readonly http: PowensHttp,
  ) {}

  static async start(settings: Partial<typeof SETTINGS> = {}): Promise<Provider> {
    const stub = await stubHttp((_, response) => {
      const { status } = provider;
      const answer = (): void => json(response, {}, status);
      if (provider.held === null) answer();
      else provider.held.push(answer);
    });
    const { http } = httpFor(
      stub.origin,
      { circuitBreaker: { ...SETTINGS, ...settings } },
      { monotonicMs: () => provider.now, random: () => 0 },
    );
    const provider = new Provider(stub, http);
    return provider;
  }

  async fail(times: number): Promise<void> {
    for (let sent = 0; sent < times; sent += 1) await failureOf(this.http.send(POST));
  }

  /** Requests that arrived while `work` ran. */
  async requestsOf(work: () => Promise<unknown>): Promise<number> {
    const before = this.stub.requests.length;
    await work();
    return this.stub.requests.length - before;
  }
}

describe(CircuitBreakers.name, () => {
  it('should take no failure of before the pause for one of the probe, and close', async () => {
    const provider = await Provider.start();
    const withheld = async (call: Promise<unknown>): Promise<() => Promise<unknown>> => {
      await expect.poll(() => provider.held?.length, { timeout: 60_000 }).toBe(1);
      const [answer] = provider.held ?? [];
      provider.held = null;
      return async () => {
        answer?.();
        return call;
      };
    };
    provider.held = [];
    const late = await withheld(failureOf(provider.http.send(POST)));
    await provider.fail(4);
    provider.now += 10_000;
    expect(provider.http.load().breakers?.writes).toBe('half_open');
    [provider.status, provider.held] = [200, []];
    const probe = await withheld(provider.http.send(POST));
    await late();
    await probe();
    expect(provider.http.load().breakers?.writes).toBe('closed');
  });

  it('should send nothing more when most calls failed, and say when to ask again [RL-13, RL-18, U10]', async () => {
    const provider = await Provider.start();
    await provider.fail(3);
    expect(provider.http.load().breakers?.writes).toBe('closed');
    await provider.fail(1);
    expect(provider.http.load().breakers).toEqual({ reads: 'closed', writes: 'open', exchanges: 'closed' });

    provider.now += 4_000;
    const sent = await provider.requestsOf(async () => {
      const error = await failureOf(provider.http.send(POST));
      expect(error).toMatchObject({
        code: 'powens_unreachable',
        retryAfterSeconds: 6,
        failure: { processed: 'no', status: null },
      });
    });
    expect(sent).toBe(0);
  });

  it('should count calls that get no answer', async () => {
    const stub = await stubTcp((socket) => socket.resetAndDestroy());
    const { http } = httpFor(stub.origin, { circuitBreaker: SETTINGS });
    for (let sent = 0; sent < 4; sent += 1) await failureOf(http.send(POST));
    expect(http.load().breakers?.writes).toBe('open');
  });

  it.each([400, 401, 404, 409, 429])(
    'should stay closed however often Powens answers %i [RL-18]',
    async (status) => {
      const provider = await Provider.start();
      provider.status = status;
      await provider.fail(12);
      expect(provider.http.load().breakers?.writes).toBe('closed');
    },
  );

  it('should stay closed while half of the calls succeed', async () => {
    const provider = await Provider.start();
    for (let pair = 0; pair < 10; pair += 1) {
      provider.status = 200;
      await provider.http.send(POST);
      provider.status = 500;
      await provider.fail(1);
    }
    expect(provider.http.load().breakers?.writes).toBe('closed');
  });

  it('should not prevent an exchange, nor a write, because reads fail [RL-13]', async () => {
    const provider = await Provider.start();
    await failureOf(provider.http.send(GET));
    await failureOf(provider.http.send(GET));
    expect(provider.http.load().breakers).toEqual({ reads: 'open', writes: 'closed', exchanges: 'closed' });
    provider.status = 200;
    await provider.http.send(EXCHANGE);
    await provider.http.send(POST);
  });

  it('should not prevent an exchange because other writes fail, and prevent it when exchanges fail', async () => {
    const provider = await Provider.start();
    await provider.fail(4);
    for (let sent = 0; sent < 4; sent += 1) {
      expect(await provider.requestsOf(() => failureOf(provider.http.send(EXCHANGE)))).toBe(1);
    }
    expect(provider.http.load().breakers?.exchanges).toBe('open');
    expect(await provider.requestsOf(() => failureOf(provider.http.send(EXCHANGE)))).toBe(0);
  });

  it('should send one call after the pause, refuse the others until it is answered, and then close [RL-18, U10]', async () => {
    const provider = await Provider.start();
    await provider.fail(4);
    provider.now += 10_000;
    provider.status = 200;
    const held: (() => void)[] = [];
    provider.held = held;
    const probe = provider.http.send(POST);
    const others = await Promise.all(Array.from({ length: 20 }, () => failureOf(provider.http.send(POST))));
    expect(new Set(others.map(({ code }) => code))).toEqual(new Set(['powens_unreachable']));
    expect(provider.http.load().breakers?.writes).toBe('half_open');
    await expect.poll(() => held.length).toBe(1);
    provider.held = null;
    held[0]?.();
    await probe;
    expect(provider.http.load().breakers?.writes).toBe('closed');
    expect(await provider.requestsOf(() => provider.http.send(POST))).toBe(1);
  });

  it('should close after a refusal: Powens answers again', async () => {
    const provider = await Provider.start();
    await provider.fail(4);
    provider.now += 10_000;
    provider.status = 404;
    await failureOf(provider.http.send(POST));
    expect(provider.http.load().breakers?.writes).toBe('closed');
  });

  it('should double the pause with each call that fails after it, up to the longest, and begin anew once closed', async () => {
    const provider = await Provider.start();
    await provider.fail(4);
    for (const seconds of [10, 20, 30, 30]) {
      provider.now += seconds * 1000 - 1;
      expect(await provider.requestsOf(() => provider.fail(2))).toBe(0);
      provider.now += 1;
      expect(await provider.requestsOf(() => provider.fail(2))).toBe(1);
    }
    provider.now += 30_000;
    provider.status = 200;
    await provider.http.send(POST);
    provider.status = 500;
    await provider.fail(3);
    expect(provider.http.load().breakers?.writes).toBe('open');
    expect((await failureOf(provider.http.send(POST))).retryAfterSeconds).toBe(10);
  });

  it('should refuse a call that waits for a free connection when the breaker opens meanwhile', async () => {
    const stub = await stubHttp((_, response) => json(response, {}, 500));
    const { http } = httpFor(stub.origin, { circuitBreaker: SETTINGS, maxSockets: 1 });
    const errors = await Promise.all(Array.from({ length: 10 }, () => failureOf(http.send(POST))));
    expect(errors.filter(({ code }) => code === 'powens_failed')).toHaveLength(4);
    expect(errors.filter(({ code }) => code === 'powens_unreachable')).toHaveLength(6);
    expect(stub.requests).toHaveLength(4);
  });

  it('should say that a call may have been processed when an earlier try of it was sent', async () => {
    const provider = await Provider.start();
    const removal = { ...GET, method: 'DELETE' as const };
    await provider.fail(3);
    const error = await failureOf(provider.http.send(removal));
    expect(error).toMatchObject({ code: 'powens_timeout', failure: { processed: 'unknown' } });
  });

  it('should not take a download that its caller gave up for an outage, nor for an answer', async () => {
    const provider = await Provider.start();
    provider.held = [];
    const givenUp = async (): Promise<void> => {
      const giving = new AbortController();
      const arrived = provider.stub.requests.length;
      const opened = provider.http.open({ ...GET, answer: 'file', signal: giving.signal });
      await expect.poll(() => provider.stub.requests.length).toBe(arrived + 1);
      giving.abort(new Error('given up'));
      await expect(opened).rejects.toThrow('given up');
    };
    for (let times = 0; times < 6; times += 1) await givenUp();
    expect(provider.http.load().breakers?.reads).toBe('closed');

    provider.held = null;
    await failureOf(provider.http.send(GET));
    await failureOf(provider.http.send(GET));
    expect(provider.http.load().breakers?.reads).toBe('open');
    provider.now += 10_000;
    provider.held = [];
    await givenUp();
    expect(provider.http.load().breakers?.reads).toBe('open');
  });

  it('should not exist when it is switched off', async () => {
    const stub = await stubHttp((_, response) => json(response, {}, 500));
    const { http } = httpFor(stub.origin);
    for (let sent = 0; sent < 30; sent += 1) await failureOf(http.send(POST));
    expect(stub.requests).toHaveLength(30);
    expect(http.load().breakers).toBeNull();
  });
});
