import { randomUUID } from 'node:crypto';
import type { ConnectionEvent } from 'nestjs-powens-connections';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { sql } from '../../helpers/flow/observe.js';
import { testOutbox, type TestOutbox } from '../../helpers/flow/outbox.js';
import { until } from '../../helpers/flow/person.js';

/** What another relay wrote, once it took a message over. */
interface Row {
  readonly status: string;
  readonly lease_token: string | null;
  readonly leased_ms: string;
  readonly available_ms: string;
  readonly deliveries: number;
}

function succeed(): void {
  // Nothing to do.
}

function fail(): void {
  throw new Error('not today');
}

describe('a relay whose lease another one holds by now', () => {
  let writer: FlowApp;
  let outbox: TestOutbox;

  beforeAll(async () => {
    writer = await startFlowApp({ options: { outbox: { relay: false } } });
    outbox = await testOutbox(writer);
  });

  afterEach(async () => {
    await outbox.empty();
  });

  afterAll(async () => {
    await writer.close();
  });

  async function rowOf(id: string): Promise<Row | undefined> {
    const [row] = await sql<Row>(
      writer,
      `SELECT status, lease_token, deliveries, floor(extract(epoch FROM leased_until) * 1000)::bigint AS leased_ms,
        floor(extract(epoch FROM available_at) * 1000)::bigint AS available_ms FROM powens_outbox WHERE id = $1`,
      [id],
    );
    return row;
  }

  /** Another relay takes it over: the first one stood still for longer than its lease. */
  async function takeOver(id: string): Promise<Row | undefined> {
    await sql(
      writer,
      `UPDATE powens_outbox SET lease_token = $2, deliveries = deliveries + 1, leased_until = now() + interval '1 hour',
        available_at = now() + interval '1 hour' WHERE id = $1`,
      [id, randomUUID()],
    );
    return rowOf(id);
  }

  /** A relay whose handler of one event is under way until it is let go. */
  async function relayAt(
    id: string,
    options: { maxTries?: number; leaseSeconds?: number },
    end: () => void,
  ): Promise<{ letGo: () => Promise<void>; handled: () => number }> {
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    let seen = 0;
    const onEvent = async (event: ConnectionEvent): Promise<void> => {
      if (event.id !== id) return;
      seen += 1;
      await gate;
      end();
    };
    const app = await startFlowApp({
      like: writer,
      options: { outbox: { pollIntervalMs: 50, leaseSeconds: 60, ...options } },
      onEvent,
    });
    await until(() => seen === 1);
    // It ends when it wrote down what became of the event.
    const letGo = async (): Promise<void> => {
      open();
      await app.stop();
    };
    return { letGo, handled: () => seen };
  }

  it.each([
    ['mark delivered what it handled too late', {}, succeed],
    ['put back what it failed to handle', {}, fail],
    ['bury what it failed to handle for the last time', { maxTries: 1 }, fail],
  ] as const)('should not %s [N34, RL-21]', async (_, options, end) => {
    const [id = ''] = await outbox.append(randomUUID());
    const { letGo, handled } = await relayAt(id, options, end);
    const taken = await takeOver(id);
    await letGo();
    expect(await rowOf(id)).toEqual(taken);
    expect(taken).toMatchObject({ status: 'pending', deliveries: 2 });
    expect(handled()).toBe(1);
  });

  it('should not mark it when it is handled within the batch either [N34, RL-21]', async () => {
    const [id = '', other = ''] = await outbox.append(randomUUID(), randomUUID());
    let taken: Row | undefined;
    const app = await startFlowApp({
      like: writer,
      options: { outbox: { pollIntervalMs: 50, leaseSeconds: 60 } },
      onEvent: async (event) => {
        if (event.id === id) taken ??= await takeOver(id);
      },
    });
    await until(async () => (await rowOf(other))?.status === 'delivered');
    await app.stop();
    expect(await rowOf(id)).toEqual(taken);
    expect(taken).toMatchObject({ status: 'pending', deliveries: 2 });
  });

  it('should extend its own leases, and not the other one’s [N34, N36, RL-21]', async () => {
    const [id = '', own = ''] = await outbox.append(randomUUID(), randomUUID());
    let letGo = (): void => undefined;
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    let under = 0;
    const app = await startFlowApp({
      like: writer,
      options: { outbox: { pollIntervalMs: 50, leaseSeconds: 12 } },
      onEvent: async () => {
        under += 1;
        await gate;
      },
    });
    await until(() => under === 2);
    const taken = await takeOver(id);
    const before = Number((await rowOf(own))?.leased_ms);
    // One statement extends both: what was not to happen would have happened with it.
    await until(async () => Number((await rowOf(own))?.leased_ms) > before);
    expect(await rowOf(id)).toEqual(taken);
    letGo();
    await app.stop();
    expect(await rowOf(own)).toMatchObject({ status: 'delivered', deliveries: 1 });
    expect(await rowOf(id)).toEqual(taken);
    expect(under).toBe(2);
  });
});
