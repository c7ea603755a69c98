import { DataSource } from 'typeorm';
import { beforeEach, describe, expect, it } from 'vitest';
import { until } from '../../../../test/helpers/until.js';
import { cloudEvents } from '../brokers/cloud-events.js';
import { eventOf, useConsumers, type Consumers } from './__support__/consumer-app.js';
import { MemorySource } from './__support__/memory-source.js';
import { EventConsumerModule } from './event-consumer.module.js';

const isId = (id: string) => (one: string) => one === id;

describe(EventConsumerModule.name, () => {
  let consumers: Consumers;
  let source: MemorySource;

  useConsumers((opened) => {
    consumers = opened;
  });

  beforeEach(() => {
    source = new MemorySource();
  });

  const settled = async (): Promise<void> => until(() => source.left === 0);

  describe('an event', () => {
    it('should reach both kinds of handlers once, however often the broker delivers it', async () => {
      const app = await consumers.start({}, source);
      const [created, synced] = [eventOf('connection.created'), eventOf('connection.synced')];
      source.send(created, synced, created, synced);
      await settled();
      source.sendAgain(synced);
      source.sendAgain(created);
      await settled();
      expect(app.handlers.plain).toEqual([created.id]);
      expect(app.handlers.inTransaction).toEqual([synced.id]);
      expect(await consumers.ledger()).toEqual([synced.id]);
      expect(source.acknowledged).toHaveLength(6);
    });

    it('should be consumed on a session on which a handler left another search_path', async () => {
      const app = await consumers.start({}, source);
      app.behaviour.plain = async () => {
        await app.context.get(DataSource).query('SET search_path TO elsewhere');
      };
      const events = [eventOf('connection.created'), eventOf('connection.created')];
      for (const event of events) {
        source.send(event);
        await settled();
      }
      expect(app.handlers.plain).toEqual(events.map(({ id }) => id));
      expect(app.lines.filter((line) => line.startsWith('ERROR'))).toEqual([]);
    });

    it('should be acknowledged after the commit of its handler', async () => {
      const app = await consumers.start({}, source);
      const event = eventOf();
      const duringHandler: number[] = [];
      app.behaviour.inTransaction = async () => {
        duringHandler.push(source.acknowledged.length, (await consumers.ledger()).length);
      };
      source.send(event);
      await settled();
      expect(duringHandler).toEqual([0, 0]);
      expect(await consumers.ledger()).toEqual([event.id]);
    });

    it('should be seen once when its acknowledgement was lost with the link', async () => {
      const app = await consumers.start({}, source);
      const event = eventOf();
      source.loseAcknowledgement = () => {
        source.cut();
      };
      source.send(event);
      await until(() => source.acknowledged.length === 1);
      expect(source.opened).toBe(2);
      expect(app.handlers.inTransaction).toEqual([event.id]);
      expect(await consumers.ledger()).toEqual([event.id]);
    });

    it('should be written once when two processes handle it at the same time', async () => {
      const other = new MemorySource();
      await consumers.start({}, source);
      await consumers.start({}, other);
      const events = Array.from({ length: 20 }, () => eventOf());
      source.send(...events);
      other.send(...events);
      await until(() => source.left === 0 && other.left === 0);
      expect((await consumers.ledger()).sort()).toEqual(events.map(({ id }) => id).sort());
    });

    it('should be handled once by each of two consumers with names of their own', async () => {
      const other = new MemorySource();
      const [first, second] = [
        await consumers.start({ name: 'ledger' }, source),
        await consumers.start({ name: 'mail' }, other),
      ];
      const event = eventOf();
      source.send(event);
      other.send(event);
      await until(() => source.left === 0 && other.left === 0);
      expect([first.handlers.inTransaction, second.handlers.inTransaction]).toEqual([[event.id], [event.id]]);
    });

    it('should be read from a CloudEvent, with the data as JSON or in base64', async () => {
      const app = await consumers.start({}, source);
      const [first, second] = [eventOf(), eventOf()];
      const encoding = cloudEvents({ source: '/connections', typePrefix: 'com.example.' });
      const { data, ...attributes } = encoding(second).body as { data: object };
      source.send(encoding(first).body);
      source.send({ ...attributes, data_base64: Buffer.from(JSON.stringify(data)).toString('base64') });
      await settled();
      expect(app.handlers.inTransaction.sort()).toEqual([first.id, second.id].sort());
    });

    it('should be acknowledged, and leave no record, when no handler wants it', async () => {
      await consumers.start({}, source);
      const events = [eventOf('connection.silent'), { ...eventOf(), type: 'connection.of_a_later_release' }];
      source.send(...events);
      await settled();
      expect(source.acknowledged).toEqual(events.map(({ id }) => id));
      expect(await consumers.query('SELECT 1 FROM powens_consumed_event')).toEqual([]);
    });
  });

  it('should make a dead letter of an event whose process ended at every try', async () => {
    const app = await consumers.start({ maxTries: 2 }, source);
    const event = eventOf();
    await consumers.query('INSERT INTO powens_consumed_event VALUES ($1, $2, 2, NULL, now())', [
      event.id,
      'default',
    ]);
    source.sendAgain(event);
    await settled();
    expect(app.handlers.inTransaction).toEqual([]);
    expect(source.deadLetters).toHaveLength(1);
  });

  it.each([
    ['no JSON', Buffer.from('{"id":')],
    ['no UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
    ['no event', Buffer.from('"hello"')],
    ['of a later version', { ...eventOf(), version: 2 }],
    ['without an id', { ...eventOf(), id: 'x' }],
    ['without data', { ...eventOf(), data: null }],
    ['a CloudEvent of another version', { specversion: '2.0', data: eventOf() }],
  ])('should put a message aside that is %s, and go on with the next', async (_, body) => {
    const app = await consumers.start({}, source);
    const next = eventOf();
    source.send(body, next);
    await settled();
    expect(source.deadLetters).toHaveLength(1);
    expect(await consumers.ledger()).toEqual([next.id]);
    expect(app.lines.filter((line) => line.startsWith('ERROR'))).toHaveLength(1);
  });

  it('should wait for a handler that runs, and release what waits, when the application ends', async () => {
    const app = await consumers.start({ concurrency: 1 }, source);
    // Made before the handler runs: it may be seen before it waits.
    let finish!: () => void;
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    app.behaviour.inTransaction = async () => finished;
    const [first, second] = [eventOf(), eventOf()];
    source.send(first, second);
    await until(() => app.handlers.inTransaction.length === 1);
    let isClosed = false;
    const closing = app.context.close().then(() => {
      isClosed = true;
    });
    source.send(eventOf());
    expect(isClosed).toBe(false);
    finish();
    await closing;
    expect(app.handlers.inTransaction.filter(isId(second.id))).toEqual([]);
    expect(source.acknowledged).toEqual([first.id]);
    expect([source.left, source.held]).toEqual([2, 0]);
    expect(await consumers.ledger()).toEqual([first.id]);
  });
});
