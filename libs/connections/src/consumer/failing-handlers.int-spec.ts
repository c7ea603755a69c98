import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { until } from '../../../../test/helpers/until.js';
import { eventOf, useConsumers, type Consumers } from './__support__/consumer-app.js';
import { MemorySource } from './__support__/memory-source.js';

describe('a handler of consumed events that fails', () => {
  let consumers: Consumers;
  let source: MemorySource;

  useConsumers((opened) => {
    consumers = opened;
  });

  beforeEach(() => {
    source = new MemorySource();
  });

  const settled = async (): Promise<void> => until(() => source.left === 0);

  it('should leave nothing of its transaction, and be called again', async () => {
    const app = await consumers.start({}, source);
    const event = eventOf();
    app.behaviour.inTransaction = async () => {
      if (app.handlers.inTransaction.length === 1) throw new Error('not yet');
      return Promise.resolve();
    };
    source.send(event);
    await until(() => app.lines.some((line) => line.includes('try 1 failed: Error: not yet')));
    expect(await consumers.ledger()).toEqual([]);
    await settled();
    expect(app.handlers.inTransaction).toEqual([event.id, event.id]);
    expect(await consumers.ledger()).toEqual([event.id]);
  });

  it('should be called again alone, without those that completed the event outside of its transaction [RL-27]', async () => {
    const app = await consumers.start({}, source);
    const event = eventOf('connection.deleted');
    app.behaviour.inTransaction = async () => {
      if (app.handlers.inTransaction.length === 1) throw new Error('not yet');
      return Promise.resolve();
    };
    source.send(event);
    await settled();
    expect(app.handlers.inTransaction).toEqual([event.id, event.id]);
    expect(app.handlers.plain).toEqual([event.id]);
    expect(await consumers.ledger()).toEqual([event.id]);
  });

  it('should keep later events of its connection waiting, and no others', async () => {
    const app = await consumers.start({}, source);
    const [connection, other] = [randomUUID(), randomUUID()];
    const [first, second, third] = [
      eventOf('connection.synced', connection),
      eventOf('connection.synced', connection),
      eventOf('connection.synced', other),
    ];
    app.behaviour.inTransaction = async ({ id }) => {
      if (id === first.id && !source.acknowledged.includes(third.id)) throw new Error('not yet');
      return Promise.resolve();
    };
    source.send(first, second, third);
    await settled();
    expect(await consumers.ledger()).toEqual([third.id, first.id, second.id]);
  });

  it('should make a dead letter of the event after the last try, with one error in the log', async () => {
    const app = await consumers.start({ maxTries: 2 }, source);
    const [failing, next] = [eventOf('connection.created', randomUUID()), eventOf('connection.created')];
    app.behaviour.plain = async ({ id }) => {
      if (id === failing.id) throw new Error('never');
      return Promise.resolve();
    };
    source.send(failing, { ...next, connectionId: failing.connectionId });
    await settled();
    expect(app.handlers.plain).toEqual([failing.id, failing.id, next.id]);
    expect(source.deadLetters).toEqual([{ body: JSON.stringify(failing), reason: '2 tries failed' }]);
    const errors = app.lines.filter((line) => line.startsWith('ERROR'));
    expect(errors).toEqual([expect.stringMatching(/is a dead letter, 2 tries failed: .*never/)]);
  });

  it('should have all its tries again for a dead letter that is moved back to the queue', async () => {
    const app = await consumers.start({ maxTries: 1 }, source);
    const event = eventOf();
    app.behaviour.inTransaction = async () => Promise.reject(new Error('never'));
    source.send(event);
    await settled();
    await until(async () => (await consumers.query('SELECT 1 FROM powens_consumed_event')).length === 0);
    app.behaviour.inTransaction = async () => Promise.resolve();
    source.sendAgain(event);
    await settled();
    expect(await consumers.ledger()).toEqual([event.id]);
  });

  it('should not lose the event while the dead letter is not accepted, and not log credentials', async () => {
    const app = await consumers.start({ maxTries: 1 }, source);
    source.deadLetterFailures = 1;
    app.behaviour.inTransaction = async () => Promise.reject(new Error('never'));
    source.send(eventOf());
    await settled();
    expect(source.deadLetters).toHaveLength(1);
    expect(app.handlers.inTransaction).toHaveLength(1);
    expect(app.lines.join('\n')).not.toContain('hunter2');
  });

  it('should count as failed when it takes too long, and write nothing that it does later', async () => {
    const app = await consumers.start({ maxTries: 1, handlerTimeoutMs: 50 }, source);
    const event = eventOf();
    let late: Promise<unknown> | undefined;
    app.behaviour.inTransaction = async ({ id }, manager) => {
      await until(() => source.deadLetters.length > 0);
      late = manager.query<unknown>('INSERT INTO ledger (event_id) VALUES ($1)', [id]);
      await late;
    };
    source.send(event);
    await until(() => late !== undefined);
    await expect(late).rejects.toThrow();
    expect(await consumers.ledger()).toEqual([]);
  });

  it('should refuse a statement that a handler did not await', async () => {
    const app = await consumers.start({}, source);
    const event = eventOf();
    let late: Promise<unknown> | undefined;
    app.behaviour.inTransaction = async ({ id }, manager) => {
      late = new Promise((resolve) => setImmediate(resolve)).then(async () =>
        manager.query<unknown>('INSERT INTO ledger (event_id) VALUES ($1)', [id]),
      );
      late.catch(() => undefined);
      return Promise.resolve();
    };
    source.send(event);
    await settled();
    await expect(late).rejects.toThrow();
    expect(await consumers.ledger()).toEqual([event.id]);
  });
});
