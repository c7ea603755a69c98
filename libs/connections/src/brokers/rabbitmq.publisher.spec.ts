import { EventEmitter } from 'node:events';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ConnectionEvent } from '../events/index.js';
import type { RabbitMqChannel, RabbitMqMessageOptions } from './confirming-channel.js';
import { RabbitMqPublisher } from './rabbitmq.publisher.js';

const event = (id: string): ConnectionEvent =>
  ({
    ...{ id, type: 'connection.synced', instance: 'main' },
    ...{ connectionId: 'c1', occurredAt: '2026-01-02T03:04:05.678Z' },
  }) as unknown as ConnectionEvent;

/** A channel as amqplib has it, whose confirms the test gives. */
class FakeChannel extends EventEmitter {
  readonly sent: {
    exchange: string;
    key: string;
    options: RabbitMqMessageOptions;
    confirm: (error: unknown) => void;
  }[] = [];
  readonly declared: unknown[] = [];

  async assertExchange(...exchange: unknown[]): Promise<void> {
    this.declared.push(exchange);
    return Promise.resolve();
  }

  publish(...message: Parameters<RabbitMqChannel['publish']>): boolean {
    const [exchange, key, , options, confirm] = message;
    this.sent.push({ exchange, key, options, confirm });
    return true;
  }
}

describe(RabbitMqPublisher.name, () => {
  let channels: FakeChannel[];
  let publisher: RabbitMqPublisher;

  const publish = async (id: string): Promise<string> =>
    publisher.publish(event(id)).then(
      () => 'published',
      (error: unknown) => (error as { code: string }).code,
    );
  const turn = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  beforeEach(() => {
    channels = [];
    publisher = new RabbitMqPublisher(() => channels[channels.push(new FakeChannel()) - 1]!);
  });

  it('should publish when, and only when, the broker has confirmed the event', async () => {
    let outcome = 'waiting';
    const published = publish('e1').then((end) => (outcome = end));
    await turn();
    expect([outcome, channels[0]?.declared]).toEqual([
      'waiting',
      [['powens-connections', 'topic', { durable: true }]],
    ]);
    expect(channels[0]?.sent[0]).toMatchObject({
      ...{ exchange: 'powens-connections', key: 'connection.synced' },
      options: { messageId: 'e1', persistent: true, mandatory: true, timestamp: 1767323045 },
    });
    channels[0]?.sent[0]?.confirm(null);
    expect(await published).toBe('published');
  });

  it('should open one channel for events at the same time', async () => {
    const published = Promise.all(['e1', 'e2', 'e3'].map(publish));
    await turn();
    expect(channels).toHaveLength(1);
    channels[0]?.sent.forEach(({ confirm }) => {
      confirm(null);
    });
    expect(await published).toEqual(['published', 'published', 'published']);
  });

  it('should refuse the event that came back, and no other', async () => {
    const published = Promise.all(['e1', 'e2'].map(publish));
    await turn();
    channels[0]?.emit('return', { fields: { replyText: 'NO_ROUTE' }, properties: { messageId: 'e2' } });
    channels[0]?.sent.forEach(({ confirm }) => {
      confirm(null);
    });
    expect(await published).toEqual(['published', 'publisher_refused']);
  });

  it('should be unavailable when the broker does not confirm', async () => {
    const published = publish('e1');
    await turn();
    channels[0]?.sent[0]?.confirm(new Error('message nacked'));
    expect(await published).toBe('publisher_unavailable');
  });

  it('should be unavailable when no channel opens, and try again with the next event', async () => {
    let isAway = true;
    publisher = new RabbitMqPublisher(async () => {
      if (isAway) throw new Error('ECONNREFUSED');
      channels.push(new FakeChannel());
      return Promise.resolve(channels[0]!);
    });
    expect(await publish('e1')).toBe('publisher_unavailable');
    isAway = false;
    const published = publish('e1');
    await turn();
    channels[0]?.sent[0]?.confirm(null);
    expect(await published).toBe('published');
  });

  it('should open another channel after one closed, and survive its error', async () => {
    const first = publish('e1');
    await turn();
    channels[0]?.emit('error', new Error('404 NOT_FOUND'));
    channels[0]?.emit('close');
    channels[0]?.sent[0]?.confirm(new Error('channel closed'));
    expect(await first).toBe('publisher_unavailable');
    const second = publish('e1');
    await turn();
    channels[1]?.sent[0]?.confirm(null);
    expect([await second, channels.length]).toEqual(['published', 2]);
  });
});
