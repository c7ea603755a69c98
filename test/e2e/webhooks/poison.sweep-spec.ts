import type { WebhooksOptions } from 'nestjs-powens-connections';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startChildHost } from '../../helpers/child/child-host.js';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { connected, type Connected } from '../../helpers/flow/lifecycle.js';
import { sql } from '../../helpers/flow/observe.js';
import { until } from '../../helpers/flow/person.js';
import { hmacWebhooks, inboxEmpty, powensUserOf, push, syncedBody } from '../../helpers/webhooks/pushed.js';

const SYNCED = '/connections/webhooks/connection-synced';
let serial = 800_000;

describe('webhooks that can never be processed', () => {
  const { secret, options } = hmacWebhooks();
  const webhooks = { ...options.webhooks, maxTries: 2, processing: false } as WebhooksOptions;
  let app: FlowApp;

  beforeAll(async () => {
    app = await startFlowApp({ options: { ...options, webhooks } });
    await sql(
      app,
      `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$`,
    );
  });

  afterEach(async () => {
    await sql(app, 'DROP TRIGGER IF EXISTS planted ON powens_outbox');
  });

  afterAll(async () => {
    await app.close();
  });

  it('should not hold up ten thousand others, and be set aside after their tries [W12, RL-23, F11]', async () => {
    const poison = await connected(app, 'poison');
    const others = await Promise.all(
      Array.from({ length: 50 }, async (_, index) => connected(app, `other-${index}`)),
    );
    await sql(
      app,
      `CREATE TRIGGER planted BEFORE INSERT ON powens_outbox FOR EACH ROW WHEN (NEW.owner_id = 'poison') EXECUTE FUNCTION refuse()`,
    );
    const ids = { ...poison.connection, powensUserId: await powensUserOf(app, poison) };
    const told = { lastUpdate: '2027-03-14 10:27:40', webhookDataId: (serial += 1) };
    expect((await push(app.url, SYNCED, syncedBody(ids, told), { secret })).status).toBe(204);
    await copyFor(others, 200);

    const began = performance.now();
    const worker = await startChildHost(app, null, {
      ...options,
      webhooks: { ...webhooks, processing: true, concurrency: 8 },
      outbox: { relay: false },
    });
    await until(async () => (await waiting()) <= 1);
    const seconds = (performance.now() - began) / 1000;
    process.stdout.write(`10000 webhooks of 50 connections behind one poison: ${seconds.toFixed(1)} s\n`);
    await inboxEmpty(app);
    await worker.stop('SIGTERM');

    const rows = await sql<{ status: string; count: number }>(
      app,
      'SELECT status, count(*)::int AS count FROM powens_inbox GROUP BY status ORDER BY status',
    );
    expect(rows).toEqual([
      { status: 'dead', count: 1 },
      { status: 'processed', count: 10_000 },
    ]);
    const [events] = await sql<{ count: number }>(
      app,
      `SELECT count(*)::int AS count FROM powens_outbox WHERE type = 'account.synced'`,
    );
    expect(events?.count).toBe(10_000);
  });

  /** What signed deliveries would have left: each is a row, whoever wrote it. */
  async function copyFor(owners: readonly Connected[], times: number): Promise<void> {
    for (const owner of owners) {
      const id = owner.connection.powensConnectionId;
      const summary = JSON.stringify({
        root: { id: '5301', disabled: null, type: 'checking' },
        user: {},
        connection: {},
        ownership: {},
      });
      await sql(
        app,
        `INSERT INTO powens_inbox (instance, tenant, event, dedupe_key, order_key, powens_user_id, powens_connection_id,
          summary, encoding, status, tries, received_at, available_at)
        SELECT 'default', '', 'ACCOUNT_SYNCED', $1 || '-' || number, 'connection:' || $1, $2, $1, $3, 'identity', 'pending', 0,
          now(), now() FROM generate_series(1, ${times}) number`,
        [id, await powensUserOf(app, owner), summary],
      );
    }
  }

  async function waiting(): Promise<number> {
    const [row] = await sql<{ count: number }>(
      app,
      `SELECT count(*)::int AS count FROM powens_inbox WHERE status = 'pending'`,
    );
    return row?.count ?? 0;
  }
});
