import { afterEach, describe, expect, it } from 'vitest';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { connected } from '../../helpers/flow/lifecycle.js';
import { sql } from '../../helpers/flow/observe.js';
import { hmacWebhooks, inboxEmpty, powensUserOf, push, syncedBody } from '../../helpers/webhooks/pushed.js';
import { until } from '../../helpers/flow/person.js';

const PERSONAL = {
  iban: 'FR7630006000011234567890189',
  holder: 'Ann Example',
  balance: 120481.55,
  email: 'ann@example.org',
};

interface Kept {
  status: string;
  summary: string | null;
  body: Buffer | null;
}

const kept = async (app: FlowApp): Promise<Kept[]> =>
  sql<Kept>(
    app,
    `SELECT status, summary, body FROM powens_inbox WHERE dedupe_key NOT LIKE 'erased:%' ORDER BY position`,
  );

describe('personal data of webhooks', () => {
  let app: FlowApp;

  afterEach(async () => {
    await app.close();
  });

  it('should not be in what is kept while a message waits, and no summary after its end [N18]', async () => {
    const { secret, options } = hmacWebhooks();
    const webhooks = { ...options.webhooks, processing: false } as NonNullable<typeof options.webhooks>;
    app = await startFlowApp({ options: { ...options, webhooks } });
    const owner = await connected(app, 'ann');
    const ids = { ...owner.connection, powensUserId: await powensUserOf(app, owner) };
    const body: Record<string, unknown> = {
      ...syncedBody(ids, { lastUpdate: '2027-03-14 10:27:40', webhookDataId: 1 }),
      ...PERSONAL,
    };
    Object.assign(body['user'] as object, PERSONAL);
    Object.assign(body['connection'] as object, PERSONAL);
    await push(app.url, '/connections/webhooks/connection-synced', body, { secret });
    const [waiting] = await kept(app);
    expect(waiting?.status).toBe('pending');
    for (const value of Object.values(PERSONAL)) expect(waiting?.summary).not.toContain(String(value));
    expect(waiting?.body?.toString()).toContain(PERSONAL.iban);

    const other = await startFlowApp({ like: app, options });
    await inboxEmpty(app);
    expect(await kept(app)).toMatchObject([{ status: 'processed', summary: null }]);
    await other.stop();
  });

  it('should be kept of no message that is parked, ignored or dead, nor of any with retention 0 [N18]', async () => {
    const { secret, options } = hmacWebhooks();
    const webhooks = { ...options.webhooks, unknownHours: 0, maxTries: 1 } as NonNullable<
      typeof options.webhooks
    >;
    app = await startFlowApp({ options: { ...options, webhooks } });
    const stranger = { powensConnectionId: '999999', powensUserId: '888888' };
    const unknown = { ...syncedBody(stranger, { lastUpdate: null, webhookDataId: 1 }), ...PERSONAL };
    await push(app.url, '/connections/webhooks/connection-synced', unknown, { secret });
    await push(
      app.url,
      '/connections/webhooks/account-categorized',
      { ...unknown, id_webhook_data: 2 },
      { secret },
    );
    await push(app.url, '/connections/webhooks/account-synced', null, {
      secret,
      bytes: Buffer.from('"Ann Example"'),
    });
    await inboxEmpty(app);
    expect(await kept(app)).toEqual([
      { status: 'parked', summary: null, body: null },
      { status: 'ignored', summary: null, body: null },
      { status: 'ignored', summary: null, body: null },
    ]);

    const none = { ...options.webhooks, bodyRetentionDays: 0 } as NonNullable<typeof options.webhooks>;
    const without = await startFlowApp({ like: app, options: { ...options, webhooks: none } });
    const owner = await connected(without, 'bob');
    const ids = { ...owner.connection, powensUserId: await powensUserOf(without, owner) };
    const body = syncedBody(ids, { lastUpdate: '2027-03-14 10:27:40', webhookDataId: 7 });
    await push(without.url, '/connections/webhooks/connection-synced', body, { secret });
    await inboxEmpty(without);
    expect((await kept(without)).at(-1)).toEqual({ status: 'processed', summary: null, body: null });
    await without.stop();
  });

  it('should be kept of no webhook that comes after an erasure [N18]', async () => {
    const { secret, options } = hmacWebhooks();
    app = await startFlowApp({ options });
    const owner = await connected(app, 'carol');
    const ids = { ...owner.connection, powensUserId: await powensUserOf(app, owner) };
    expect((await owner.browser.send('DELETE', '/connections/me', {})).status).toBe(204);
    const late = { ...syncedBody(ids, { lastUpdate: '2027-03-14 10:27:40', webhookDataId: 9 }), ...PERSONAL };
    await push(app.url, '/connections/webhooks/connection-synced', late, { secret });
    await until(async () => (await kept(app)).length === 1);
    expect(await kept(app)).toEqual([{ status: 'ignored', summary: null, body: null }]);
    const [row] = await sql(
      app,
      'SELECT powens_user_id, powens_connection_id FROM powens_inbox ORDER BY position DESC LIMIT 1',
    );
    expect(row).toEqual({ powens_user_id: null, powens_connection_id: null });
  });
});
