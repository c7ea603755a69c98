import { randomUUID } from 'node:crypto';
import type { ConnectionEvent } from 'nestjs-powens-connections';
import { describe, expect, it } from 'vitest';
import type { FlowApp, FlowAppOptions } from '../../helpers/flow/flow-app.js';
import { connectedOwner, returning, sql } from '../../helpers/flow/observe.js';
import {
  useRelayedOutbox,
  type Kept,
  type RelayedOutbox,
  type TestOutbox,
} from '../../helpers/flow/outbox.js';
import { until } from '../../helpers/flow/person.js';

type Handler = (event: ConnectionEvent) => void | Promise<void>;

const pause = async (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Values an event may be told apart by. */
function seen(app: FlowApp, ids: readonly string[]): string[] {
  return app.events.map(({ id }) => id).filter((id) => ids.includes(id));
}

describe('the delivery of events', () => {
  let writer: FlowApp;
  let outbox: TestOutbox;
  let startRelay: RelayedOutbox['relay'];

  useRelayedOutbox((opened) => {
    ({ writer, outbox, relay: startRelay } = opened);
  });

  const relay = async ({ handler, ...wish }: FlowAppOptions & { handler?: Handler } = {}): Promise<FlowApp> =>
    startRelay({ ...wish, ...(handler === undefined ? {} : { onEvent: handler }) });

  const append = async (...keys: readonly string[]): Promise<string[]> => outbox.append(...keys);
  const statusOf = async (id: string | undefined): Promise<Kept | undefined> => outbox.keptOf(id);

  it('should hold every promised field and no secret [RL-20]', async () => {
    const app = await relay();
    await connectedOwner(app, 'fields');
    await until(() => app.events.length > 0);
    const [event] = app.events;
    expect(Object.keys(event ?? {}).sort()).toEqual(
      'attemptId connectionId data id instance occurredAt ownerId powensConnectionId powensUserId tenant type version'.split(
        ' ',
      ),
    );
    expect(event).toMatchObject({
      ...{ type: 'connection.created', version: 1 },
      ...{ instance: 'default', ownerId: 'fields', tenant: '' },
    });
    expect(event?.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    expect(event?.occurredAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(typeof event?.powensConnectionId).toBe('string');
  });

  it('should come right after the commit, long before the next look at the outbox [RL-28]', async () => {
    const arrivals: number[] = [];
    const app = await relay({
      options: { outbox: { pollIntervalMs: 60_000 } },
      handler: () => {
        arrivals.push(performance.now());
      },
    });
    const delays: number[] = [];
    for (let count = 0; count < 7; count += 1) {
      const { browser, callback } = await returning(app, `soon-${count}`);
      await browser.get(callback);
      const committed = performance.now();
      await until(() => arrivals.length === count + 1);
      delays.push((arrivals[count] ?? Infinity) - committed);
    }
    // Without being told it would have come with the next look, a minute later.
    expect(delays.sort((a, b) => a - b)[3]).toBeLessThan(30_000);
  });

  it('should be tried again after a handler threw, while others are not kept waiting [RL-23, RL-26, E08]', async () => {
    const [bad = '', ...good] = await append(...Array.from({ length: 20 }, () => randomUUID()));
    let failures = 0;
    const app = await relay({
      handler: ({ id }) => {
        if (id === bad && (failures += 1) < 3) throw new Error('not today');
      },
    });
    await until(() => seen(app, good).length === good.length);
    expect(failures).toBeGreaterThan(0);
    await until(() => seen(app, [bad]).length === 1);
    expect(seen(app, good)).toHaveLength(good.length);
    await until(async () => (await statusOf(bad))?.status === 'delivered');
    expect(await statusOf(bad)).toEqual({ status: 'delivered', deliveries: 3 });
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('sync');
      },
    ],
    ['rejects', async () => Promise.reject(new Error('async'))],
    [
      'throws no error',
      () => {
        throw 'a word' as unknown as Error;
      },
    ],
    ['never ends', async () => new Promise<void>(() => undefined)],
  ] as const)(
    'should dead-letter an event whose handler always %s, and deliver those behind it [RL-23, E06, E08]',
    async (_, fail) => {
      const key = randomUUID();
      const [poison = '', behind = '', other = ''] = await append(key, key, randomUUID());
      const app = await relay({
        options: { outbox: { pollIntervalMs: 50, maxTries: 2, handlerTimeoutMs: 300, leaseSeconds: 60 } },
        handler: async ({ id }) => {
          if (id === poison) await (fail as Handler)({} as ConnectionEvent);
        },
      });
      await until(() => seen(app, [other, behind]).length === 2);
      expect(seen(app, [other, behind])).toEqual([other, behind]);
      expect(await statusOf(poison)).toEqual({ status: 'dead', deliveries: 2 });
      expect(app.logger.lines.some((line) => line.startsWith('error ') && line.includes(poison))).toBe(true);
      expect(seen(app, [poison])).toEqual([]);
    },
  );

  it('should keep the order per connection, over two relays and slow handlers [RL-22, E04]', async () => {
    const keys = Array.from({ length: 12 }, () => randomUUID());
    const order: string[] = [];
    const handler: Handler = async ({ id }) => {
      await pause(Math.random() * 15);
      order.push(id);
    };
    const ids = await append(...Array.from({ length: 6 }, () => keys).flat());
    await Promise.all([relay({ handler }), relay({ handler })]);
    await until(() => order.length >= ids.length);
    expect(new Set(order).size).toBe(ids.length);
    expect(order).toHaveLength(ids.length);
    for (const key of keys.keys()) {
      const own = ids.filter((_, index) => index % keys.length === key);
      expect(order.filter((id) => own.includes(id))).toEqual(own);
    }
  });

  it('should be delivered once by three relays in the normal case [RL-21, E02]', async () => {
    const relays = await Promise.all([relay(), relay(), relay()]);
    const ids = await append(...Array.from({ length: 150 }, () => randomUUID()));
    const told = (): string[] => relays.flatMap((app) => seen(app, ids));
    await until(() => told().length >= ids.length);
    await pause(300);
    expect(told().sort()).toEqual([...ids].sort());
  });

  it('should wait in the outbox without a handler, and come after a restart with one [RL-25, E07]', async () => {
    const deaf = await relay({ handlers: false });
    const [id = ''] = await append(randomUUID());
    await pause(400);
    expect(await statusOf(id)).toEqual({ status: 'pending', deliveries: 0 });
    expect(deaf.logger.lines.filter((line) => line.includes('No handler is registered'))).toHaveLength(1);
    await deaf.stop();
    const app = await relay();
    await until(() => seen(app, [id]).length === 1);
  });

  it('should be finished before the process leaves, and not be delivered again [RL-29, K08]', async () => {
    let ended = 0;
    const first = await relay({
      handler: async () => {
        await pause(400);
        ended += 1;
      },
    });
    const [id = ''] = await append(randomUUID());
    await until(async () => ((await statusOf(id))?.deliveries ?? 0) === 1);
    await first.stop();
    expect(ended).toBe(1);
    expect(await statusOf(id)).toEqual({ status: 'delivered', deliveries: 1 });
    const next = await relay();
    await pause(300);
    expect(seen(next, [id])).toEqual([]);
  });

  it('should be delivered by another relay when the first one’s lease ran out, and be acknowledged by that one only [RL-21, E03]', async () => {
    const [id = ''] = await append(randomUUID());
    const stalled = randomUUID();
    await sql(
      writer,
      `UPDATE powens_outbox SET lease_token = $2, deliveries = 1, leased_until = now() + interval '1 hour' WHERE id = $1`,
      [id, stalled],
    );
    const app = await relay();
    await pause(300);
    expect(seen(app, [id])).toEqual([]);
    await sql(writer, 'UPDATE powens_outbox SET leased_until = now() WHERE id = $1', [id]);
    await until(() => seen(app, [id]).length === 1);
    await until(async () => (await statusOf(id))?.status === 'delivered');
    expect(await statusOf(id)).toEqual({ status: 'delivered', deliveries: 2 });
  });

  it('should not be kept waiting by an event of another connection whose handler takes long [RL-23, E06]', async () => {
    const [slowId = ''] = await append(randomUUID());
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    const app = await relay({
      handler: async ({ id }) => {
        if (id === slowId) await ended;
      },
    });
    await until(async () => ((await statusOf(slowId))?.deliveries ?? 0) === 1);
    const [quickId = ''] = await append(randomUUID());
    await until(() => seen(app, [quickId]).length === 1);
    expect(seen(app, [slowId])).toEqual([]);
    end();
  });
});
