import { of, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { ConnectionEvent } from '../events/index.js';
import type { EventPublisher } from '../options/index.js';
import { BullMqPublisher } from './bullmq.publisher.js';
import { ClientProxyPublisher } from './client-proxy.publisher.js';
import { cloudEvents } from './cloud-events.js';
import { KafkaPublisher } from './kafka.publisher.js';
import { NatsJetStreamPublisher } from './nats-jetstream.publisher.js';

const EVENT = {
  ...{
    id: 'e1',
    type: 'connection.synced',
    version: 1,
    occurredAt: '2026-01-02T03:04:05.678Z',
    instance: 'main',
  },
  ...{ ownerId: 'ann', tenant: '', attemptId: 'a1', connectionId: 'c1' },
} as unknown as ConnectionEvent;

const publish = async (publisher: EventPublisher, event = EVENT): Promise<void> =>
  publisher.publish(event, new AbortController().signal);

const UNAVAILABLE = { code: 'publisher_unavailable' };
const REFUSED = { code: 'publisher_refused' };

describe(cloudEvents.name, () => {
  it('should have the attributes of CloudEvents 1.0, and the event as data', () => {
    const encoding = cloudEvents({ source: '/connections', typePrefix: 'com.example.' });
    expect(encoding(EVENT)).toEqual({
      contentType: 'application/cloudevents+json',
      body: {
        ...{ specversion: '1.0', id: 'e1', source: '/connections', type: 'com.example.connection.synced' },
        ...{ time: '2026-01-02T03:04:05.678Z', subject: 'c1', partitionkey: 'c1' },
        ...{ datacontenttype: 'application/json', data: EVENT },
      },
    });
  });

  it('should have no subject, and the key of its attempt, without a connection', () => {
    const { body } = cloudEvents({ source: '/' })({ ...EVENT, connectionId: null });
    expect(body).not.toHaveProperty('subject');
    expect(body).toMatchObject({ type: 'connection.synced', partitionkey: 'a1' });
  });
});

describe(KafkaPublisher.name, () => {
  it('should send to all replicas in sync, by the key of the connection', async () => {
    const sent: unknown[] = [];
    const producer = {
      send: async (record: unknown) => {
        sent.push(record);
        return Promise.resolve([{ errorCode: 0 }]);
      },
    };
    await publish(new KafkaPublisher(producer, { topic: 'banking' }));
    const headers = {
      id: 'e1',
      type: 'connection.synced',
      instance: 'main',
      'content-type': 'application/json',
    };
    const value = Buffer.from(JSON.stringify(EVENT));
    expect(sent).toEqual([{ topic: 'banking', acks: -1, messages: [{ key: 'c1', value, headers }] }]);
  });

  it.each([
    ['the producer is not connected', async () => Promise.reject(new Error('disconnected')), UNAVAILABLE],
    [
      'a broker reports an error code',
      async () => Promise.resolve([{ errorCode: 0 }, { errorCode: 19 }]),
      UNAVAILABLE,
    ],
    [
      'the message is too large',
      async () =>
        Promise.reject(new Error('x', { cause: Object.assign(new Error(), { type: 'MESSAGE_TOO_LARGE' }) })),
      REFUSED,
    ],
  ] as const)('should fail when %s', async (_, send, failure) => {
    await expect(publish(new KafkaPublisher({ send }))).rejects.toMatchObject(failure);
  });
});

describe(NatsJetStreamPublisher.name, () => {
  it('should publish under the id of the event, with its media type', async () => {
    const sent: unknown[] = [];
    const headers = new Map<string, string>();
    const publisher = new NatsJetStreamPublisher(
      {
        publish: async (...message) => {
          sent.push(...message);
          return Promise.resolve({ seq: 7 });
        },
      },
      { headers: () => headers },
    );
    await publish(publisher);
    const payload = Buffer.from(JSON.stringify(EVENT));
    expect(sent).toEqual(['powens-connections.connection.synced', payload, { msgID: 'e1', headers }]);
    expect(headers.get('Content-Type')).toBe('application/json');
  });

  it('should be unavailable when no acknowledgement comes', async () => {
    const client = { publish: async () => Promise.reject(new Error('timeout')) };
    await expect(publish(new NatsJetStreamPublisher(client))).rejects.toMatchObject(UNAVAILABLE);
  });

  it('should not take a connection for a JetStream client', async () => {
    const client = { publish: () => undefined as unknown as Promise<{ seq: number }> };
    await expect(publish(new NatsJetStreamPublisher(client))).rejects.toThrow('Pass a JetStream client');
  });
});

describe(BullMqPublisher.name, () => {
  it('should add one job for an event, whatever the number of tries', async () => {
    const jobs = new Map<string, unknown>();
    const queue = {
      add: async (name: string, data: object, { jobId }: { jobId: string }) =>
        Promise.resolve(jobs.set(jobId, [name, data])),
    };
    await publish(new BullMqPublisher(queue));
    await publish(new BullMqPublisher(queue));
    expect([...jobs]).toEqual([['e1', ['connection.synced', EVENT]]]);
  });

  it('should be unavailable when Redis is, without the credentials of its URL', async () => {
    const queue = {
      add: async () => Promise.reject(new Error('connect redis://default:hunter2@redis:6379')),
    };
    const failure = await publish(new BullMqPublisher(queue)).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      ...UNAVAILABLE,
      message: expect.stringContaining('redis://redis:6379') as string,
    });
    expect(String(failure)).not.toContain('hunter2');
  });
});

describe(ClientProxyPublisher.name, () => {
  it('should wait until the transport has sent the event', async () => {
    const emitted: unknown[] = [];
    const client = { emit: (...message: unknown[]) => (emitted.push(message), of()) };
    await publish(new ClientProxyPublisher(client));
    expect(emitted).toEqual([['connection.synced', EVENT]]);
  });

  it('should be unavailable when the transport is', async () => {
    const client = { emit: () => throwError(() => new Error('no link')) };
    await expect(publish(new ClientProxyPublisher(client))).rejects.toMatchObject(UNAVAILABLE);
  });
});
