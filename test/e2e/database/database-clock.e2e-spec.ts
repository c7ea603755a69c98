import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { attemptOf, expire, returning, sql } from '../../helpers/flow/observe.js';
import { testOutbox, type TestOutbox } from '../../helpers/flow/outbox.js';
import { until } from '../../helpers/flow/person.js';

const HOUR_MS = 3_600_000;

describe.each([
  ['an hour behind', -HOUR_MS],
  ['an hour ahead', HOUR_MS],
])('a replica whose clock is %s', (_, off) => {
  let app: FlowApp;
  let outbox: TestOutbox;
  let replica: FlowApp | undefined;

  beforeAll(async () => {
    app = await startFlowApp({ options: { outbox: { relay: false }, lifecycle: { sweeper: false } } });
    outbox = await testOutbox(app);
  });

  afterEach(async () => {
    await replica?.stop();
    replica = undefined;
    vi.useRealTimers();
    await outbox.empty();
  });

  afterAll(async () => {
    await app.close();
  });

  /** Only dates are off: timers, the database and the other replica's rows are as they are. */
  async function startReplica(options: { relay?: boolean } = {}): Promise<FlowApp> {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + off });
    replica = await startFlowApp({
      like: app,
      options: { outbox: { pollIntervalMs: 50, ...options }, lifecycle: { sweepIntervalMs: 200 } },
    });
    return replica;
  }

  it('should complete what has time left, and refuse what has not [N34, RL-24]', async () => {
    // The sandbox shares this process, and its clock: what it gives out is asked for under the same one.
    const there = await startReplica({ relay: false });
    const young = await returning(there, 'young');
    const old = await returning(there, 'old');
    await expire(app, old.started.attemptId);
    expect((await young.browser.get(young.callback)).status).toBe(303);
    expect((await old.browser.get(old.callback)).status).toBeGreaterThanOrEqual(400);
    expect(await attemptOf(young.browser, young.started.attemptId)).toMatchObject({ status: 'connected' });
    expect(await attemptOf(old.browser, old.started.attemptId)).toMatchObject({ status: 'expired' });
  });

  it('should give an attempt the time that the database gives it [N34, RL-24]', async () => {
    const there = await startReplica({ relay: false });
    const { started, browser, callback } = await returning(there, 'timed');
    const [row] = await sql<{ left: string; age: string }>(
      app,
      `SELECT floor(extract(epoch FROM expires_at - now()))::bigint AS left,
        floor(extract(epoch FROM now() - created_at))::bigint AS age FROM powens_attempt WHERE id = $1`,
      [started.attemptId],
    );
    expect(Math.abs(Number(row?.age))).toBeLessThan(1200);
    expect(Number(row?.left)).toBeGreaterThan(0);
    expect(Number(row?.left)).toBeLessThan(3000);
    expect((await browser.get(callback)).status).toBe(303);
  });

  it('should leave to others what they hold, and to its time what is not due [N34, RL-24]', async () => {
    const keys = [randomUUID(), randomUUID(), randomUUID()];
    const [held = '', later = '', due = ''] = await outbox.append(...keys);
    await sql(
      app,
      `UPDATE powens_outbox SET lease_token = $2, deliveries = 1, leased_until = now() + interval '20 minutes',
        available_at = now() + interval '20 minutes' WHERE id = $1`,
      [held, randomUUID()],
    );
    await sql(app, `UPDATE powens_outbox SET available_at = now() + interval '20 minutes' WHERE id = $1`, [
      later,
    ]);
    await sql(app, `UPDATE powens_outbox SET available_at = now() WHERE id = $1`, [due]);
    const there = await startReplica();
    await until(() => there.events.some(({ id }) => id === due));
    // A look after that one.
    const [next = ''] = await outbox.append(randomUUID());
    await until(() => there.events.some(({ id }) => id === next));
    expect(there.events.map(({ id }) => id)).toEqual([due, next]);
    expect(await outbox.keptOf(held)).toEqual({ status: 'pending', deliveries: 1 });
    expect(await outbox.keptOf(later)).toEqual({ status: 'pending', deliveries: 0 });
  });

  it('should take a lease that ends when the database says so, and try again as soon as others [N34, RL-24]', async () => {
    const [id = ''] = await outbox.append(randomUUID());
    let failures = 0;
    let left = 0;
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + off });
    replica = await startFlowApp({
      like: app,
      options: { outbox: { pollIntervalMs: 50, leaseSeconds: 60 }, lifecycle: { sweeper: false } },
      onEvent: async () => {
        const [row] = await sql<{ left: string }>(
          app,
          `SELECT floor(extract(epoch FROM leased_until - now()))::bigint AS left FROM powens_outbox WHERE id = $1`,
          [id],
        );
        left = Number(row?.left);
        failures += 1;
        if (failures === 1) throw new Error('not today');
      },
    });
    await until(async () => (await outbox.keptOf(id))?.status === 'delivered');
    expect(failures).toBe(2);
    expect(left).toBeLessThanOrEqual(60);
    expect(left).toBeGreaterThan(-1200);
  });
});
