import { randomUUID } from 'node:crypto';
import {
  ConnectionsReadiness,
  EventPublisherError,
  type ConnectionEvent,
  type EventPublisher,
  type EventsOptions,
  type OutboxOptions,
} from 'nestjs-powens-connections';
import { describe, expect, it } from 'vitest';
import type { FlowApp, FlowAppOptions } from '../../helpers/flow/flow-app.js';
import { sql } from '../../helpers/flow/observe.js';
import { useRelayedOutbox, type RelayedOutbox, type TestOutbox } from '../../helpers/flow/outbox.js';
import { until } from '../../helpers/flow/person.js';

type Publish = (event: ConnectionEvent, signal: AbortSignal) => Promise<void>;

/** A broker that keeps what it accepts. */
class TestBroker implements EventPublisher {
  readonly accepted: string[] = [];
  calls = 0;

  constructor(private readonly before: Publish = async () => Promise.resolve()) {}

  async publish(event: ConnectionEvent, signal: AbortSignal): Promise<void> {
    this.calls += 1;
    await this.before(event, signal);
    this.accepted.push(event.id);
  }
}

describe('the publisher of events', () => {
  let writer: FlowApp;
  let outbox: TestOutbox;
  let startRelay: RelayedOutbox['relay'];

  useRelayedOutbox((opened) => {
    ({ writer, outbox, relay: startRelay } = opened);
  });

  const relay = async (
    publisher: EventPublisher,
    {
      events = {},
      outbox: limits = {},
      ...wish
    }: FlowAppOptions & { events?: EventsOptions; outbox?: OutboxOptions } = {},
  ): Promise<FlowApp> =>
    startRelay({
      ...wish,
      options: { events: { publisher, ...events }, outbox: { pollIntervalMs: 50, ...limits } },
    });

  const areDelivered = async (ids: readonly string[]): Promise<boolean> =>
    (await Promise.all(ids.map(async (id) => outbox.keptOf(id)))).every(
      (kept) => kept?.status === 'delivered',
    );

  const leaseOf = async (id: string): Promise<number> => {
    const rows = await sql<{ seconds: number }>(
      writer,
      'SELECT extract(epoch FROM leased_until)::float8 AS seconds FROM powens_outbox WHERE id = $1',
      [id],
    );
    return rows[0]?.seconds ?? 0;
  };

  it('should get every event once, in the order of its connection, then the handlers of the process', async () => {
    const keys = Array.from({ length: 5 }, () => randomUUID());
    const broker = new TestBroker(async () => new Promise((resolve) => setTimeout(resolve, 5)));
    const isFirst: boolean[] = [];
    const ids = await outbox.append(...Array.from({ length: 4 }, () => keys).flat());
    const app = await relay(broker, {
      onEvent: ({ id }) => {
        isFirst.push(broker.accepted.includes(id));
      },
    });
    await until(async () => areDelivered(ids));
    expect([...broker.accepted].sort()).toEqual([...ids].sort());
    expect(isFirst).toEqual(ids.map(() => true));
    for (const key of keys.keys()) {
      const own = ids.filter((_, index) => index % keys.length === key);
      expect(broker.accepted.filter((id) => own.includes(id))).toEqual(own);
      expect(app.events.map(({ id }) => id).filter((id) => own.includes(id))).toEqual(own);
    }
  });

  it('should be enough where no handler is registered', async () => {
    const broker = new TestBroker();
    const app = await relay(broker, { handlers: false });
    const [id = ''] = await outbox.append(randomUUID());
    await until(async () => areDelivered([id]));
    expect(broker.accepted).toEqual([id]);
    expect((await app.app.get(ConnectionsReadiness).check()).checks.handlers).toBe(true);
  });

  it('should cost waiting events and nothing else while it is unavailable', async () => {
    let isAway = true;
    const broker = new TestBroker(async () =>
      isAway
        ? Promise.reject(new EventPublisherError('publisher_unavailable', 'The broker is away.'))
        : Promise.resolve(),
    );
    const key = randomUUID();
    const ids = await outbox.append(key, key, ...Array.from({ length: 30 }, () => randomUUID()));
    const app = await relay(broker, { outbox: { maxTries: 1 } });
    const pauses = (): number => app.logger.lines.filter((line) => line.includes('is unavailable')).length;
    await until(() => pauses() >= 3);
    const { calls } = broker;
    const later = await outbox.append(key);
    for (const id of [...ids, ...later]) expect((await outbox.keptOf(id))?.status).toBe('pending');
    // One batch noticed the outage, and a single event was tried after each pause.
    expect(calls).toBeLessThanOrEqual(31 + 2);
    expect(app.events).toEqual([]);
    isAway = false;
    await until(async () => areDelivered([...ids, ...later]));
    for (const id of [...ids, ...later]) expect((await outbox.keptOf(id))?.deliveries).toBe(1);
    const ofKey = [...ids.slice(0, 2), ...later];
    expect(broker.accepted.filter((id) => ofKey.includes(id))).toEqual(ofKey);
    const said = app.logger.lines.filter((line) => line.includes('publisher'));
    expect(said.length).toBeLessThan(10);
    expect(said[0]).toContain('The broker is away.');
    expect(said.at(-1)).toContain('accepts events again');
  });

  it('should count as unavailable when it does not answer in time, and be called again', async () => {
    const signals: AbortSignal[] = [];
    const broker = new TestBroker(async (_, signal) => {
      signals.push(signal);
      if (signals.length === 1) await new Promise(() => undefined);
    });
    const [id = ''] = await outbox.append(randomUUID());
    await relay(broker, { events: { publishTimeoutMs: 200 }, outbox: { maxTries: 1 } });
    await until(async () => areDelivered([id]));
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    expect(await outbox.keptOf(id)).toEqual({ status: 'delivered', deliveries: 1 });
  });

  it('should keep its lease while the broker takes longer than that', async () => {
    let confirm = (): void => undefined;
    const confirmed = new Promise<void>((resolve) => (confirm = resolve));
    const [id = ''] = await outbox.append(randomUUID());
    const broker = new TestBroker(async (event) => (event.id === id ? confirmed : Promise.resolve()));
    // Extended every five seconds: a machine that stands still for less than ten loses no lease.
    await relay(broker, { outbox: { leaseSeconds: 15 } });
    await until(() => broker.calls === 1);
    const before = await leaseOf(id);
    const other = new TestBroker();
    await relay(other, { outbox: { leaseSeconds: 15 } });
    await until(async () => (await leaseOf(id)) > before);
    await until(async () => {
      await outbox.append(randomUUID());
      return other.accepted.length > 0;
    });
    confirm();
    await until(async () => areDelivered([id]));
    expect([broker.accepted.filter((one) => one === id), other.accepted.includes(id)]).toEqual([[id], false]);
  });

  it.each([
    ['rejects', async () => Promise.reject(new Error('not this one'))],
    [
      'throws at once',
      () => {
        throw new Error('not this one');
      },
    ],
  ] as const)('should dead-letter an event that it always refuses: %s', async (_, refuse) => {
    const key = randomUUID();
    const [bad = '', behind = '', other = ''] = await outbox.append(key, key, randomUUID());
    const broker = new TestBroker(async ({ id }) => (id === bad ? refuse() : Promise.resolve()));
    const app = await relay(broker, { outbox: { maxTries: 2 } });
    await until(async () => areDelivered([behind, other]));
    expect(await outbox.keptOf(bad)).toEqual({ status: 'dead', deliveries: 2 });
    expect(app.events.map(({ id }) => id).sort()).toEqual([behind, other].sort());
  });

  it('should not block a connection by calling itself unavailable for one event while it accepts others', async () => {
    const key = randomUUID();
    const [bad = '', behind = ''] = await outbox.append(key, key);
    const broker: TestBroker = new TestBroker(async ({ id }) => {
      if (id !== bad) return;
      const { length } = broker.accepted;
      await outbox.append(randomUUID());
      await until(() => broker.accepted.length > length);
      throw new EventPublisherError('publisher_unavailable', 'Away, it says.');
    });
    await relay(broker, { outbox: { maxTries: 2 } });
    await until(async () => areDelivered([behind]));
    expect(await outbox.keptOf(bad)).toEqual({ status: 'dead', deliveries: 2 });
  });

  it('should not get an event again because a handler of the process failed', async () => {
    const broker = new TestBroker();
    let failures = 0;
    const [id = ''] = await outbox.append(randomUUID());
    await relay(broker, {
      onEvent: () => {
        if ((failures += 1) < 3) throw new Error('not today');
      },
    });
    await until(async () => areDelivered([id]));
    expect([failures, broker.accepted]).toEqual([3, [id]]);
  });

  it('should be refused at boot when it cannot publish', async () => {
    await expect(relay({} as EventPublisher)).rejects.toThrow('events.publisher');
  });
});
