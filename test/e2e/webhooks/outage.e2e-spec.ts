import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { startChildHost } from '../../helpers/child/child-host.js';
import type { DeathPoint } from '../../helpers/child/child-wish.js';
import { ADAPTERS, type FlowApp } from '../../helpers/flow/flow-app.js';
import { useFlowApp } from '../../helpers/flow/use-flow-app.js';
import { connected, type Connected } from '../../helpers/flow/lifecycle.js';
import { clearFaults, plant, sql } from '../../helpers/flow/observe.js';
import { until } from '../../helpers/flow/person.js';
import {
  hmacWebhooks,
  inboxEmpty,
  inboxOf,
  powensUserOf,
  push,
  syncedBody,
  type PushAnswer,
} from '../../helpers/webhooks/pushed.js';
import { hold } from '../../helpers/flow/hold.js';
import { sample } from '../../helpers/sweeps.js';

const SYNCED = '/connections/webhooks/connection-synced';
let serial = 300_000;

describe.each(ADAPTERS)('webhooks while the database is away, on %s', (adapter) => {
  const { secret, options } = hmacWebhooks();
  let app: FlowApp;

  useFlowApp({ adapter, options }, (opened) => {
    app = opened;
  });

  it('should be answered 503, and be kept and handled once when they come again [W11, WH-07]', async () => {
    const owner = await connected(app, 'outage');
    const powensUserId = await powensUserOf(app, owner);
    const bodies = Array.from({ length: 10 }, (_, index) =>
      syncedBody(
        { ...owner.connection, powensUserId },
        { lastUpdate: `2027-03-14 10:2${index}:00`, webhookDataId: (serial += 1) },
      ),
    );
    const deliver = async (): Promise<PushAnswer[]> => {
      const answers: PushAnswer[] = [];
      for (const body of bodies) answers.push(await push(app.url, SYNCED, body, { secret }));
      return answers;
    };
    await sql(app, 'ALTER TABLE powens_inbox RENAME TO powens_gone');
    const refused = await deliver();
    await sql(app, 'ALTER TABLE powens_gone RENAME TO powens_inbox');
    expect(new Set(refused.map(({ status }) => status))).toEqual(new Set([503]));
    expect(refused[0]?.text).not.toMatch(/relation|powens_inbox|INSERT/);

    // Every second one is kept; and the sessions die under the application meanwhile.
    await push(app.url, SYNCED, bodies[0], { secret });
    await sql(
      app,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    ).catch(() => undefined);
    const again = [...(await deliver()), ...(await deliver())].filter(({ status }) => status !== 204);
    expect(again.filter(({ status }) => status < 500)).toEqual([]);
    expect((await deliver()).map(({ status }) => status)).toEqual(bodies.map(() => 204));

    // One whose session died right after its claim is held until the lease ends, whenever it was claimed.
    const isEmpty = until(async () => (await inboxOf(app)).every(({ status }) => status !== 'pending'));
    const ending = setInterval(() => {
      sql(app, `UPDATE powens_inbox SET available_at = now() WHERE status = 'pending'`).catch(
        () => undefined,
      );
    }, 3000);
    await isEmpty.finally(() => clearInterval(ending));
    expect(await inboxOf(app)).toHaveLength(bodies.length);
    // One that was refused came after later ones, and told nothing new then: the last one always does.
    const told = (): unknown[] =>
      app.events
        .filter(({ type }) => type === 'connection.synced')
        .map(({ data }) => (data as { lastSyncedAt: unknown }).lastSyncedAt);
    await until(() => told().includes('2027-03-14T09:29:00.000Z'));
    expect(new Set(told()).size).toBe(told().length);
    expect(new Set((await inboxOf(app)).map(({ status }) => status))).toEqual(new Set(['processed']));
    expect(new Set(app.events.map(({ id }) => id)).size).toBe(app.events.length);
  });
});

/** Where it dies, and how many tries the webhook has had then. */
const DEATHS: readonly [DeathPoint, number][] = [
  ['before-webhook-end', 1],
  ['after-webhook-claim', 1],
  ['before-webhook-claim', 0],
  ['after-webhook-end', 1],
];

describe('a process that dies around a webhook', () => {
  const { secret, options } = hmacWebhooks();
  const webhooks = { ...(options.webhooks as object), processing: false } as NonNullable<
    typeof options.webhooks
  >;
  let app: FlowApp;

  useFlowApp({ options: { ...options, webhooks } }, (opened) => {
    app = opened;
  });

  it.each(sample(DEATHS))(
    'should leave it to whoever comes next: one event, when it dies %s [K02, RL-21, WH-07]',
    async (dieAt, tries) => {
      await sql(app, 'DELETE FROM powens_inbox');
      const owner = await connected(app, `kill-${dieAt}-${serial}`);
      const ids = { ...owner.connection, powensUserId: await powensUserOf(app, owner) };
      const webhookDataId = (serial += 1);
      const body = syncedBody(ids, { lastUpdate: '2027-03-14 10:27:40', webhookDataId });
      expect((await push(app.url, SYNCED, body, { secret })).status).toBe(204);

      // It may die before it listens: the webhook is there already.
      const doomed = await startChildHost(app, dieAt, options).catch((error: unknown) => {
        expect(String(error)).toContain('ended with SIGKILL');
        return null;
      });
      await until(() => doomed === null || doomed.ended() === 'SIGKILL');
      const row = async (): Promise<Record<string, unknown> | undefined> =>
        (
          await sql(app, 'SELECT status, tries FROM powens_inbox WHERE dedupe_key = $1', [
            String(webhookDataId),
          ])
        )[0];
      expect(await row()).toEqual({ status: dieAt === 'after-webhook-end' ? 'processed' : 'pending', tries });

      // Its lease ends.
      await sql(
        app,
        `UPDATE powens_inbox SET available_at = now(), leased_until = now() WHERE status = 'pending'`,
      );
      const heir = await startChildHost(app, null, options);
      await inboxEmpty(app);
      await heir.stop('SIGTERM');
      expect(await row()).toMatchObject({ status: 'processed' });
      expect(await syncedEventsOf(owner)).toBe(1);
    },
  );

  it('should not end a webhook that was given to another process meanwhile [K06, RL-21]', async () => {
    const owner = await connected(app, 'zombie');
    const ids = { ...owner.connection, powensUserId: await powensUserOf(app, owner) };
    const told = { lastUpdate: '2027-03-14 10:27:40', state: 'wrongpass', webhookDataId: (serial += 1) };
    const reading = await hold(app, { path: `/users/me/connections/${ids.powensConnectionId}` });
    await push(app.url, SYNCED, syncedBody(ids, told), { secret });
    const late = await startChildHost(app, null, options);
    const key = String(told.webhookDataId);
    await reading.arrived();
    await sql(
      app,
      `UPDATE powens_inbox SET lease_token = $1, available_at = now() + interval '1 hour' WHERE dedupe_key = $2`,
      [randomUUID(), key],
    );
    await reading.release();
    // Long enough for it to end the webhook, if it could.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect((await inboxOf(app)).find((row) => row.dedupe_key === key)).toMatchObject({ status: 'pending' });
    expect(await syncedEventsOf(owner)).toBe(0);
    await sql(
      app,
      `UPDATE powens_inbox SET available_at = now(), leased_until = now() WHERE status = 'pending'`,
    );
    await inboxEmpty(app);
    await late.stop('SIGTERM');
    expect(await syncedEventsOf(owner)).toBeLessThanOrEqual(1);
  });

  async function syncedEventsOf(owner: Connected): Promise<number> {
    const rows = await sql(
      app,
      `SELECT 1 FROM powens_outbox WHERE owner_id = $1 AND type = 'connection.synced'`,
      [owner.browser.user],
    );
    return rows.length;
  }
});

describe('webhooks while Powens cannot be read', () => {
  const { secret, options } = hmacWebhooks();
  const webhooks = { ...(options.webhooks as object), maxTries: 2 } as NonNullable<typeof options.webhooks>;
  let app: FlowApp;

  useFlowApp({ options: { ...options, webhooks } }, (opened) => {
    app = opened;
  });

  /** A webhook that needs a read, tried more often than `maxTries` and received some hours ago. */
  async function triedInVain(name: string, hoursAgo: number): Promise<string> {
    const owner = await connected(app, name);
    const ids = { ...owner.connection, powensUserId: await powensUserOf(app, owner) };
    const path = `/users/me/connections/${ids.powensConnectionId}`;
    await plant(app, { kind: 'status', method: 'GET', path, status: 503, times: 10_000 });
    const told = { lastUpdate: '2027-03-14 10:27:40', state: 'wrongpass', webhookDataId: (serial += 1) };
    await push(app.url, SYNCED, syncedBody(ids, told), { secret });
    const key = String(told.webhookDataId);
    await until(async () => {
      await sql(
        app,
        `UPDATE powens_inbox SET available_at = CASE WHEN lease_token IS NULL THEN now() ELSE available_at END,
          received_at = now() - $2::int * interval '1 hour' WHERE dedupe_key = $1`,
        [key, hoursAgo],
      );
      const [row] = await sql<{ tries: number; status: string }>(
        app,
        'SELECT tries, status FROM powens_inbox WHERE dedupe_key = $1',
        [key],
      );
      return (row?.tries ?? 0) >= 4 || row?.status === 'dead';
    });
    return key;
  }

  const statusOf = async (key: string): Promise<string | undefined> =>
    (await inboxOf(app)).find((row) => row.dedupe_key === key)?.status;

  it('should wait for a day, with their bodies, however often they were tried', async () => {
    const key = await triedInVain('away', 20);
    expect(await statusOf(key)).toBe('pending');
    await clearFaults(app);
    await sql(app, `UPDATE powens_inbox SET available_at = now() WHERE lease_token IS NULL`);
    await inboxEmpty(app);
    expect(await statusOf(key)).toBe('processed');
    const [event] = app.events.filter(({ type }) => type === 'connection.synced');
    expect((event?.data as { webhookId: unknown } | undefined)?.webhookId).not.toBeNull();
  });

  it('should be set aside after a day, so that those behind them are processed', async () => {
    const key = await triedInVain('away-for-long', 25);
    expect(await statusOf(key)).toBe('dead');
    await clearFaults(app);
  });
});
