import { ConnectionsReadiness, ReconciliationService } from 'nestjs-powens-connections';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import {
  attemptOf,
  clearFaults,
  connectedOwner,
  EXCHANGE,
  exchanges,
  orphanTokens,
  outbound,
  plant,
  returning,
  type Returning,
} from '../../helpers/flow/observe.js';
import { until } from '../../helpers/flow/person.js';

const READ = { method: 'GET', path: '/users/me*' } as const;

/** Longer than any test takes: it ends when the test moves the clock. */
const PAUSE_SECONDS = 600;

const BREAKER = {
  minCalls: 3,
  windowSeconds: 3600,
  openSeconds: PAUSE_SECONDS,
  maxOpenSeconds: PAUSE_SECONDS,
};

describe('an application whose circuit breaker opened', () => {
  let app: FlowApp;
  let serial = 0;
  const newUser = (): string => `user-${(serial += 1)}`;

  beforeEach(async () => {
    app = await startFlowApp({
      circuitBreaker: BREAKER,
      options: { attemptLifetimeMinutes: 60, lifecycle: { sweepIntervalMs: 50 } },
    });
  });

  afterEach(async () => {
    await clearFaults(app);
    expect(await orphanTokens(app)).toEqual([]);
    vi.restoreAllMocks();
    await app.close();
  });

  /** Lets the pause of the breakers pass. */
  function endPause(): void {
    const now = performance.now.bind(performance);
    vi.spyOn(performance, 'now').mockImplementation(() => now() + PAUSE_SECONDS * 1000);
  }

  /** Lets exchanges fail, certainly without being processed, until no more are sent. */
  async function shutExchanges(): Promise<Returning[]> {
    await plant(app, {
      ...EXCHANGE,
      kind: 'status',
      status: 503,
      headers: { 'retry-after': '0' },
      times: 1000,
    });
    const visits: Returning[] = [];
    while ((await isClosed()) && visits.length < 10) {
      const visit = await returning(app, newUser());
      await visit.browser.get(visit.callback);
      visits.push(visit);
    }
    return visits;
  }

  const isClosed = async (): Promise<boolean> =>
    (await app.app.get(ConnectionsReadiness).check()).checks.powens;
  const statusOf = async ({ browser, started }: Returning): Promise<string> =>
    (await attemptOf(browser, started.attemptId)).status;

  it('should answer a callback by 503 and Retry-After, leave the code unused, and complete it later [RL-13, U10]', async () => {
    const failed = await shutExchanges();
    const visit = await returning(app, newUser());
    const before = exchanges(app);

    const turned = await visit.browser.get(visit.callback);

    expect(turned.status).toBe(503);
    expect(turned.json()).toMatchObject({ code: 'powens_unreachable' });
    expect(Number(turned.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await statusOf(visit)).toBe('pending');
    for (let times = 0; times < 5; times += 1) {
      expect((await visit.browser.get(visit.callback)).status).toBe(503);
    }
    expect(exchanges(app)).toBe(before);
    expect(await statusOf(visit)).toBe('pending');

    await clearFaults(app);
    endPause();
    expect((await visit.browser.get(visit.callback)).status).toBe(303);
    expect(await statusOf(visit)).toBe('connected');
    for (const one of failed) {
      expect((await one.browser.get(one.callback)).status).toBe(303);
      expect(await statusOf(one)).toBe('connected');
    }
    await until(() => app.events.length === failed.length + 1);
    expect(new Set(app.events.map(({ type }) => type))).toEqual(new Set(['connection.created']));
    expect(await isClosed()).toBe(true);
  });

  it('should be completed by the sweeper from the stored token when reads opened the breaker', async () => {
    const owner = await connectedOwner(app, newUser());
    const visit = await returning(app, newUser());
    await plant(app, { ...READ, kind: 'status', status: 500, times: 1000 });
    await app.app
      .get(ReconciliationService)
      .reconcile(owner.user ?? '')
      .catch(() => undefined);
    await until(async () => !(await isClosed()));
    const before = exchanges(app);

    // The exchange is sent although reads are not.
    expect((await visit.browser.get(visit.callback)).status).toBe(303);
    expect(exchanges(app)).toBe(before + 1);
    expect(await statusOf(visit)).toBe('claimed');

    await clearFaults(app);
    const reads = outbound(app).length;
    endPause();
    await until(async () => (await statusOf(visit)) === 'connected');
    expect(exchanges(app)).toBe(before + 1);
    expect(outbound(app).length).toBeGreaterThan(reads);
    expect(await isClosed()).toBe(true);
  });

  it('should stay ready, and say in its readiness that Powens is not called', async () => {
    await shutExchanges();
    expect(await app.app.get(ConnectionsReadiness).check()).toMatchObject({
      ready: true,
      checks: { powens: false },
    });
  });

  it('should leave other replicas, whose calls did not fail, as they are', async () => {
    await shutExchanges();
    await clearFaults(app);
    const other = await startFlowApp({ like: app, circuitBreaker: BREAKER });
    const visit = await returning(app, newUser());
    expect((await visit.browser.get(visit.callback)).status).toBe(503);
    expect((await visit.browser.at(other.url).get(visit.callback)).status).toBe(303);
    await other.stop();
  });
});
