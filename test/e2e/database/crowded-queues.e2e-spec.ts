import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { sql } from '../../helpers/flow/observe.js';
import { testOutbox } from '../../helpers/flow/outbox.js';
import { until } from '../../helpers/flow/person.js';
import { hmacWebhooks, push } from '../../helpers/webhooks/pushed.js';

/** More than one look sees from either end of time. */
const CROWD = 150;

/** One look sees the oldest and the newest of what is due: what is in between must have its turn all the same. */
describe('a message between many of a connection that waits [N8]', () => {
  const { secret, options } = hmacWebhooks();
  let app: FlowApp;

  beforeAll(async () => {
    const webhooks = { ...options.webhooks, processing: false } as NonNullable<typeof options.webhooks>;
    app = await startFlowApp({ options: { ...options, webhooks, outbox: { relay: false } } });
  });

  afterAll(async () => {
    await app.close();
  });

  /** Puts many like the first message before and after the second one, and lets the first one wait for an hour. */
  async function crowd(
    table: string,
    unique: string,
    [first, second]: readonly [string, string],
  ): Promise<void> {
    for (const age of ['3 hours', '1 hour']) {
      await sql(
        app,
        `INSERT INTO ${table} SELECT (jsonb_populate_record(NULL::${table}, to_jsonb(kept) || jsonb_build_object(
          'position', nextval(pg_get_serial_sequence('${table}', 'position')), '${unique}', gen_random_uuid(),
          'available_at', now() - interval '${age}'))).*
         FROM ${table} kept, generate_series(1, ${CROWD}) WHERE position = $1`,
        [first],
      );
    }
    const move = `UPDATE ${table} SET available_at = now() + $2::interval WHERE position = $1`;
    await sql(app, move, [first, '1 hour']);
    await sql(app, move, [second, '-2 hours']);
  }

  async function positions(table: string): Promise<readonly [string, string]> {
    const rows = await sql<{ position: string }>(app, `SELECT position FROM ${table} ORDER BY position`);
    return [rows[0]?.position ?? '', rows[1]?.position ?? ''];
  }

  const isOver = async (table: string, position: string): Promise<boolean> =>
    (await sql(app, `SELECT 1 FROM ${table} WHERE position = $1 AND status <> 'pending'`, [position]))
      .length === 1;

  it('should be delivered by the relay', async () => {
    const outbox = await testOutbox(app);
    await outbox.append(randomUUID(), randomUUID());
    const both = await positions('powens_outbox');
    await crowd('powens_outbox', 'id', both);
    const relay = await startFlowApp({ like: app, options: { outbox: { pollIntervalMs: 50 } } });
    await until(async () => isOver('powens_outbox', both[1]));
    await relay.stop();
  });

  it('should be processed by the inbox', async () => {
    for (const id of [1, 2]) {
      const body = { id, id_user: 7, id_connection: id, id_webhook_data: id };
      await push(app.url, '/connections/webhooks/account-categorized', body, { secret });
    }
    const both = await positions('powens_inbox');
    await crowd('powens_inbox', 'dedupe_key', both);
    const processor = await startFlowApp({ like: app, options });
    await until(async () => isOver('powens_inbox', both[1]));
    await processor.stop();
  });
});
