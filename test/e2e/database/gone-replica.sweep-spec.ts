import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startChildHost, type ChildHost } from '../../helpers/child/child-host.js';
import { postgresCapabilities } from '../../helpers/database.js';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { connected } from '../../helpers/flow/lifecycle.js';
import { sql } from '../../helpers/flow/observe.js';
import { testOutbox, type TestOutbox } from '../../helpers/flow/outbox.js';
import { until } from '../../helpers/flow/person.js';
import { hmacWebhooks, inboxEmpty, powensUserOf, push, syncedBody } from '../../helpers/webhooks/pushed.js';

const { secret, options } = hmacWebhooks();
const RELAY = { pollIntervalMs: 100, batchSize: 100, handlerTimeoutMs: 600_000 };

/** Nobody ends its leases for it: what it held is free when the clock of the database says so. */
describe.skipIf(!postgresCapabilities().concurrent)('a replica that is gone', () => {
  let app: FlowApp;
  let outbox: TestOutbox;
  const children: ChildHost[] = [];

  beforeAll(async () => {
    app = await startFlowApp({
      options: {
        ...options,
        webhooks: { ...(options.webhooks as object), processing: false } as NonNullable<
          typeof options.webhooks
        >,
        outbox: { relay: false },
      },
    });
    outbox = await testOutbox(app);
  });

  afterEach(async () => {
    for (const host of children.splice(0)) await host.stop('SIGKILL');
    await outbox.empty();
  });

  afterAll(async () => {
    await app.close();
  });

  async function startChild(
    ...wish: Parameters<typeof startChildHost> extends [unknown, ...infer Rest] ? Rest : never
  ): Promise<ChildHost> {
    const host = await startChildHost(app, ...wish);
    children.push(host);
    return host;
  }

  /** Seconds until the last lease of a table ends. */
  async function longestLease(table: 'powens_outbox' | 'powens_inbox'): Promise<number> {
    const [row] = await sql<{ left: string }>(
      app,
      `SELECT ceil(extract(epoch FROM max(leased_until) - now()))::bigint AS left FROM ${table} WHERE status = 'pending'`,
    );
    return Number(row?.left);
  }

  it('should hold the events of 100 connections for seconds when it is killed [N36, RL-21, K02]', async () => {
    const ids = await outbox.append(...Array.from({ length: 100 }, () => randomUUID()));
    const doomed = await startChild('never', { outbox: RELAY });
    await until(() => doomed.events.length === ids.length);
    const heir = await startFlowApp({ like: app, options: { outbox: RELAY } });
    await doomed.stop('SIGKILL');
    const killed = performance.now();
    expect(await longestLease('powens_outbox')).toBeLessThanOrEqual(10);
    await until(() => heir.events.length >= ids.length);
    process.stdout.write(`events of a killed replica: ${Math.round(performance.now() - killed)} ms\n`);
    await heir.stop();
    expect(heir.events.map(({ id }) => id).sort()).toEqual([...ids].sort());
    const rows = await sql(app, 'SELECT DISTINCT status, deliveries FROM powens_outbox');
    expect(rows).toEqual([{ status: 'delivered', deliveries: 2 }]);
  });

  it('should hold a webhook for seconds when it is killed, and those behind it in order [N36, WH-07, K02]', async () => {
    const owner = await connected(app, 'webhook');
    await outbox.empty();
    const about = { ...owner.connection, powensUserId: await powensUserOf(app, owner) };
    const minutes = [1, 2, 3];
    for (const minute of minutes) {
      const body = syncedBody(about, {
        lastUpdate: `2027-03-14 10:0${minute}:00`,
        webhookDataId: 930_000 + minute,
      });
      const answer = await push(app.url, '/connections/webhooks/connection-synced', body, { secret });
      expect(answer.status).toBe(204);
    }
    // It may die before it listens: the webhooks are there already.
    const doomed = await startChild('after-webhook-claim', {
      ...options,
      outbox: { relay: false },
      lifecycle: { sweeper: false },
    }).catch(() => null);
    await until(() => doomed === null || doomed.ended() === 'SIGKILL');
    const killed = performance.now();
    expect(await longestLease('powens_inbox')).toBeLessThanOrEqual(10);
    const heir = await startChild(null, options);
    await inboxEmpty(app);
    process.stdout.write(`webhooks of a killed replica: ${Math.round(performance.now() - killed)} ms\n`);
    await until(
      () => heir.events.filter(({ type }) => type === 'connection.synced').length === minutes.length,
    );
    const synced = heir.events.filter(({ type }) => type === 'connection.synced');
    const times = synced.map(({ data }) => (data as { lastSyncedAt: string }).lastSyncedAt);
    expect(times).toEqual([...times].sort());
    const rows = await sql(app, 'SELECT status, tries FROM powens_inbox ORDER BY position');
    expect(rows).toEqual([
      { status: 'processed', tries: 2 },
      { status: 'processed', tries: 1 },
      { status: 'processed', tries: 1 },
    ]);
  });

  it('should tell nothing of what others told meanwhile when it wakes up after its leases, and keep the order [N36, RL-21, RL-22, E03]', async () => {
    const key = randomUUID();
    const [first = '', second = '', other = ''] = await outbox.append(key, key, randomUUID());
    const stopped = await startChild('never', { outbox: { ...RELAY, leaseSeconds: 2 } });
    await until(() => stopped.events.length === 2);
    process.kill(stopped.pid, 'SIGSTOP');
    const heir = await startFlowApp({ like: app, options: { outbox: RELAY } });
    await until(() => heir.events.length === 3);
    await until(async () => (await outbox.keptOf(second))?.status === 'delivered');

    // Its handlers end as soon as it runs again.
    process.kill(stopped.pid, 'SIGUSR2');
    process.kill(stopped.pid, 'SIGCONT');
    const [last = ''] = await outbox.append(key);
    await until(async () => (await outbox.keptOf(last))?.status === 'delivered');
    await stopped.stop('SIGTERM');
    await heir.stop();

    const [before, after] = [stopped.events, heir.events].map((events) => events.map(({ id }) => id));
    expect(before?.slice(0, 2).sort()).toEqual([first, other].sort());
    const told = [...(before ?? []), ...(after ?? [])];
    const times = [first, other, second, last].map((id) => told.filter((one) => one === id).length);
    expect(times).toEqual([2, 2, 1, 1]);
    expect(after?.filter((id) => [first, second].includes(id))).toEqual([first, second]);
    const kept = await Promise.all([first, other, second, last].map(async (id) => outbox.keptOf(id)));
    expect(kept).toEqual([2, 2, 1, 1].map((deliveries) => ({ status: 'delivered', deliveries })));
  });
});
