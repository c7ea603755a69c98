import { ConnectionsReadiness, ConnectionsService } from 'nestjs-powens-connections';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, postgresCapabilities, type TestDatabase } from '../../helpers/database.js';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { attemptOf, returning, sql } from '../../helpers/flow/observe.js';
import { connect, until } from '../../helpers/flow/person.js';
import { hmacWebhooks, inboxEmpty, push, syncedBody } from '../../helpers/webhooks/pushed.js';

const { secret, options } = hmacWebhooks();

/** The replica has none of the library's tables: whatever is read from it, fails. */
describe.skipIf(!postgresCapabilities().concurrent)('a DataSource with a read replica', () => {
  let watcher: FlowApp;
  let replica: TestDatabase;
  let app: FlowApp;

  beforeAll(async () => {
    watcher = await startFlowApp({ options: { outbox: { relay: false }, lifecycle: { sweeper: false } } });
    replica = await createTestDatabase();
    app = await startFlowApp({
      like: watcher,
      options: { ...options, lifecycle: { ...options.lifecycle, sweepIntervalMs: 100 } },
      typeorm: {
        url: undefined,
        replication: {
          defaultMode: 'slave',
          master: { url: watcher.database.url },
          slaves: [{ url: replica.url }],
        },
      },
    });
  });

  afterAll(async () => {
    await app.stop();
    await replica.drop();
    await watcher.close();
  });

  it('should be asked on its primary alone: connect, callback, list, webhook, event, renewal, erasure [N34, RL-35]', async () => {
    // The host itself reads from the replica.
    const runner = app.app.get(DataSource).createQueryRunner('slave');
    await expect(runner.query('SELECT 1 FROM powens_attempt')).rejects.toThrow('powens_attempt');
    await runner.release();

    const browser = app.browser('ann');
    const { started, landed } = await connect(app, browser);
    expect(landed.status).toBe(303);
    expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'connected' });
    const service = app.app.get(ConnectionsService);
    const owner = { id: 'ann' };
    const [connection] = (await service.list(owner)).items;
    expect(connection).toBeDefined();
    expect(await service.withToken(owner, (token) => token.use((clear) => clear.length))).toBeGreaterThan(0);

    const again = await returning(app, 'ann');
    expect((await again.browser.get(again.callback)).status).toBe(303);
    expect((await again.browser.get(again.callback)).status).toBe(303);

    const [row] = await sql<{ powens_user_id: string; powens_connection_id: string }>(
      watcher,
      `SELECT u.powens_user_id, c.powens_connection_id FROM powens_user u JOIN powens_connection c ON c.user_id = u.id
       WHERE c.id = $1`,
      [connection?.id],
    );
    const about = {
      powensUserId: row?.powens_user_id ?? '',
      powensConnectionId: row?.powens_connection_id ?? '',
    };
    const body = syncedBody(about, { lastUpdate: '2027-03-14 10:20:01', webhookDataId: 910_001 });
    const answer = await push(app.url, '/connections/webhooks/connection-synced', body, { secret });
    expect(answer.status).toBe(204);
    await inboxEmpty(watcher);
    await until(() => app.events.some(({ type }) => type === 'connection.synced'));

    await service.renewToken(owner);
    await service.erase(owner);
    expect((await service.list(owner)).items).toEqual([]);
    expect(await app.app.get(ConnectionsReadiness).check()).toMatchObject({ ready: true });
    expect(app.logger.lines.filter((line) => line.includes('does not exist'))).toEqual([]);
  });
});
