import { randomUUID } from 'node:crypto';
import {
  ConnectionsService,
  DeadLettersService,
  getConnectionsToken,
  type ConnectionEvent,
  type ConnectionsModuleOptions,
} from 'nestjs-powens-connections';
import { describe, expect, it } from 'vitest';
import { captureOutput } from '../../helpers/canary/collector.js';
import { postgresCapabilities } from '../../helpers/database.js';
import type { FlowApp } from '../../helpers/flow/flow-app.js';
import { connectedOwner, sql } from '../../helpers/flow/observe.js';
import { useRelayedOutbox, type RelayedOutbox, type TestOutbox } from '../../helpers/flow/outbox.js';
import { until } from '../../helpers/flow/person.js';
import { failureOf } from '../../helpers/upstream/upstream.js';

const ONE_TRY = { outbox: { pollIntervalMs: 50, maxTries: 1 } };

describe('the dead letters of the outbox', () => {
  let writer: FlowApp;
  let outbox: TestOutbox;
  let startRelay: RelayedOutbox['relay'];

  useRelayedOutbox((opened) => {
    ({ writer, outbox, relay: startRelay } = opened);
  });

  const relay = async (
    onEvent: (event: ConnectionEvent) => void | Promise<void>,
    options: Partial<ConnectionsModuleOptions> = ONE_TRY,
  ): Promise<FlowApp> => startRelay({ onEvent, options });

  const letters = (): DeadLettersService => writer.app.get(DeadLettersService);

  async function allIds(limit: number): Promise<string[]> {
    const ids: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await letters().list(cursor === null ? { limit } : { limit, cursor });
      captureOutput('dead letters', JSON.stringify(page));
      expect(page.items.length).toBeLessThanOrEqual(limit);
      ids.push(...page.items.map(({ event }) => event.id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    return ids;
  }

  const areDead = async (ids: readonly string[]): Promise<boolean> =>
    (await Promise.all(ids.map(async (id) => (await outbox.keptOf(id))?.status))).every(
      (status) => status === 'dead',
    );

  it('should be listed page by page, oldest first, while everything else flows [RL-23, E06]', async () => {
    const ids = await outbox.append(...Array.from({ length: 60 }, () => randomUUID()));
    const poison = ids.filter((_, index) => index % 12 === 5);
    const app = await relay(({ id }) => {
      if (poison.includes(id)) throw new Error('poison');
    });
    await until(() => app.events.length === ids.length - poison.length);
    await until(async () => areDead(poison));

    expect(await allIds(2)).toEqual(poison);
    expect(await allIds(poison.length)).toEqual(poison);
    const { items } = await letters().list();
    expect(items[0]).toEqual({
      event: expect.objectContaining({ id: poison[0], type: 'connection.created', version: 1 }) as unknown,
      deliveries: 1,
      deadLetteredAt: expect.any(Date) as Date,
    });
  });

  it('should be delivered again with all their tries before them [RL-23, E06]', async () => {
    let isRepaired = false;
    const options = { outbox: { pollIntervalMs: 50, maxTries: 2 } };
    const app = await relay(() => {
      if (!isRepaired) throw new Error('not repaired');
    }, options);
    const [id = ''] = await outbox.append(randomUUID());
    await until(async () => areDead([id]));
    await letters().replay(id);
    expect(await outbox.keptOf(id)).toEqual({ status: 'pending', deliveries: 0 });
    await until(async () => areDead([id]));
    expect(await outbox.keptOf(id)).toEqual({ status: 'dead', deliveries: 2 });

    isRepaired = true;
    await letters().replay(id);
    await until(async () => (await outbox.keptOf(id))?.status === 'delivered');
    expect(await outbox.keptOf(id)).toEqual({ status: 'delivered', deliveries: 1 });
    expect(app.events.map((event) => event.id)).toEqual([id]);
    expect(await letters().list()).toEqual({ items: [], nextCursor: null });
  });

  it('should survive an outage of whoever handles events, and come in the order of each connection [RL-22, E06]', async () => {
    const keys = Array.from({ length: 5 }, () => randomUUID());
    const ids = await outbox.append(...Array.from({ length: 4 }, () => keys).flat());
    let isAway = true;
    const app = await relay(() => {
      if (isAway) throw new Error('the broker is away');
    });
    await until(async () => areDead(ids));
    isAway = false;
    // The youngest first: their own order counts, not the operator's.
    await Promise.all((await allIds(7)).reverse().map(async (id) => letters().replay(id)));
    await until(() => app.events.length === ids.length);
    for (const key of keys.keys()) {
      const own = ids.filter((_, index) => index % keys.length === key);
      expect(app.events.map(({ id }) => id).filter((id) => own.includes(id))).toEqual(own);
    }
  });

  it.skipIf(!postgresCapabilities().concurrent)(
    'should never come beside another event of their connection, and before those that wait [RL-22]',
    async () => {
      const key = randomUUID();
      const [first = '', second = '', third = ''] = await outbox.append(key, key, key);
      const begun: string[] = [];
      let isPoisonous = true;
      let release: () => void = () => undefined;
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      const handler = async ({ id }: ConnectionEvent): Promise<void> => {
        if (id === first && isPoisonous) throw new Error('poison');
        begun.push(id);
        if (id === second) await released;
      };
      await Promise.all([relay(handler), relay(handler)]);
      await until(() => begun.includes(second));
      isPoisonous = false;
      await letters().replay(first);
      // Longer than it takes for the replayed one to be due.
      await new Promise((resolve) => setTimeout(resolve, 1500));
      const besides = [...begun];
      release();
      expect(besides).toEqual([second]);
      await until(() => begun.includes(third));
      expect(begun).toEqual([second, first, third]);
    },
  );

  it('should be gone once discarded, and be no other event [RL-23]', async () => {
    const [dead = '', kept = ''] = await outbox.append(randomUUID(), randomUUID());
    const app = await relay(({ id }) => {
      if (id === dead) throw new Error('poison');
    });
    await until(async () => areDead([dead]));
    await until(async () => (await outbox.keptOf(kept))?.status === 'delivered');
    const other = await startRelay({ extras: { instance: 'other' } });
    const elsewhere = other.app.get(getConnectionsToken(DeadLettersService, 'other'));
    expect((await elsewhere.list()).items).toEqual([]);
    expect(await failureOf(elsewhere.discard(dead))).toMatchObject({ code: 'not_found' });
    expect(await failureOf(elsewhere.replay(dead))).toMatchObject({ code: 'not_found' });

    await letters().discard(dead);

    expect(await outbox.keptOf(dead)).toBeUndefined();
    for (const id of [dead, kept, randomUUID(), 'no uuid', '']) {
      expect(await failureOf(letters().discard(id))).toMatchObject({ code: 'not_found' });
      expect(await failureOf(letters().replay(id))).toMatchObject({ code: 'not_found' });
    }
    expect(await outbox.keptOf(kept)).toEqual({ status: 'delivered', deliveries: 1 });
    expect(app.events.map(({ id }) => id)).toEqual([kept]);
  });

  it('should be replayed or discarded by one of many who try [RL-21]', async () => {
    const [id = ''] = await outbox.append(randomUUID());
    await sql(writer, `UPDATE powens_outbox SET status = 'dead', completed_at = now() WHERE id = $1`, [id]);
    const tries = Array.from({ length: 10 }, async (_, index) =>
      index % 2 === 0 ? letters().replay(id) : letters().discard(id),
    );
    const done = (await Promise.allSettled(tries)).filter(({ status }) => status === 'fulfilled');
    expect(done).toHaveLength(1);
  });

  it.each([{ limit: 0 }, { limit: 201 }, { limit: 1.5 }, { cursor: '' }, { cursor: 'x' }, { cursor: 'MA' }])(
    'should not be listed by %j',
    async (page) => {
      expect(await failureOf(letters().list(page))).toMatchObject({ code: 'invalid_request' });
    },
  );

  it('should go with the owner they tell of [TC-24]', async () => {
    await connectedOwner(writer, 'leaving');
    await sql(writer, `UPDATE powens_outbox SET status = 'dead', completed_at = now()`);
    expect((await letters().list()).items).toHaveLength(1);
    await writer.app.get(ConnectionsService).erase('leaving');
    expect((await letters().list()).items).toEqual([]);
  });
});
