import { ConnectionsService, type ConnectionEvent } from 'nestjs-powens-connections';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { advance, connected } from '../../helpers/flow/lifecycle.js';
import { sql } from '../../helpers/flow/observe.js';
import { until } from '../../helpers/flow/person.js';

const EVERY = 40;

/** Long enough for several rounds of every sweeper, and for what they tell to be delivered. */
const rounds = async (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 8 * EVERY));

/** Two replicas, both of which look for silent connections. */
describe('a connection that is not heard of any more', () => {
  let first: FlowApp;
  let second: FlowApp;

  beforeAll(async () => {
    // The regular comparison would hear of them.
    const options = { lifecycle: { sweepIntervalMs: EVERY }, reconciliation: { enabled: false } };
    first = await startFlowApp({ options });
    second = await startFlowApp({ options, like: first });
  });

  afterAll(async () => {
    await second.stop();
    await first.close();
  });

  const told = (connectionId: string): ConnectionEvent[] =>
    [...first.events, ...second.events].filter(
      (event) => event.type === 'connection.silent' && event.connectionId === connectionId,
    );

  async function change(connectionId: string, what: string): Promise<void> {
    await sql(first, `UPDATE powens_connection SET ${what} WHERE id = $1`, [connectionId]);
  }

  it('should be told of once, and again after it was heard of in between [G11]', async () => {
    const { connection } = await connected(first, 'ann');
    await change(connection.id, `last_synced_at = '2026-01-02T03:04:05Z'`);
    await until(() => told(connection.id).length > 0);
    await rounds();
    expect(told(connection.id)).toMatchObject([
      {
        ownerId: 'ann',
        powensConnectionId: connection.powensConnectionId,
        data: { lastSyncedAt: '2026-01-02T03:04:05.000Z' },
      },
    ]);

    await advance(first, 120);
    await first.app.get(ConnectionsService).sync('ann', connection.id);
    await rounds();
    expect(told(connection.id)).toHaveLength(1);
    await change(connection.id, `last_synced_at = now() - interval '73 hours'`);
    await until(() => told(connection.id).length > 1);
    await rounds();
    expect(told(connection.id)).toHaveLength(2);
  });

  it('should be told of when it never was synchronised at all [G11]', async () => {
    const { connection } = await connected(first, 'ben');
    await change(connection.id, `last_synced_at = NULL, created_at = now() - interval '73 hours'`);
    await until(() => told(connection.id).length > 0);
    await rounds();
    expect(told(connection.id)).toMatchObject([{ data: { lastSyncedAt: null } }]);
  });

  it.each([
    ['is not silent for long', `last_synced_at = now() - interval '71 hours'`],
    ['is new and was not synchronised yet', 'last_synced_at = NULL'],
    ['says itself what is wrong', `last_synced_at = now() - interval '9 days', state = 'wrongpass'`],
    [
      'is being deleted',
      `last_synced_at = now() - interval '9 days', status = 'deleting', removal_reason = 'requested', leased_until = now() + interval '1 day'`,
    ],
    [
      'nobody confirmed',
      `last_synced_at = now() - interval '9 days', status = 'unconfirmed', remove_at = now() + interval '1 day'`,
    ],
  ])('should not be told of while it %s', async (what, state) => {
    const { connection } = await connected(first, what);
    await change(connection.id, state);
    await rounds();
    expect(told(connection.id)).toEqual([]);
  });
});

it('should never be told of with lifecycle.silentDays: 0 [G11]', async () => {
  const app = await startFlowApp({
    options: { lifecycle: { sweepIntervalMs: EVERY, silentDays: 0 }, reconciliation: { enabled: false } },
  });
  const { connection } = await connected(app, 'ann');
  await sql(app, `UPDATE powens_connection SET last_synced_at = now() - interval '9 days' WHERE id = $1`, [
    connection.id,
  ]);
  await rounds();
  expect(app.events.map(({ type }) => type)).not.toContain('connection.silent');
  await app.close();
});
