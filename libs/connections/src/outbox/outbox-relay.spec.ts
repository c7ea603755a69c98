import { AsyncLocalStorage } from 'node:async_hooks';
import type { EventEmitter2 } from '@nestjs/event-emitter';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EventPublisherError } from '../errors/index.js';
import type { ConnectionEvent } from '../events/index.js';
import type { ResolvedOptions } from '../options/resolve/resolved-options.js';
import type { HeldMessages } from './outbox-deliveries.js';
import { OutboxRelayService } from './outbox-relay.service.js';
import type { ClaimedMessage, OutboxRepository } from './outbox.repository.js';
import type { Lease } from './outbox.rows.js';

const AT_A_TIME = 4;

/** The clock stands still. */
describe(OutboxRelayService.name, () => {
  let claims: number[];
  let publishing: (() => void)[];
  let acknowledged: string[];
  let storing: (() => void)[];
  let returned: unknown[];
  /** Whether the database answers an acknowledgement at once. */
  let isStoredAtOnce: boolean;
  /** Keys of other messages that the database finds at an acknowledgement. */
  let waiting: string[];
  let isBacklog: boolean;
  let deliver: () => Promise<unknown>;
  let relay: OutboxRelayService;

  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
    [claims, publishing, acknowledged, storing, isStoredAtOnce] = [[], [], [], [], true];
    [returned, waiting, isBacklog] = [[], [], true];
    deliver = async () => new Promise<void>((resolve) => publishing.push(resolve));
    let position = 0;
    const repository = {
      claim: async ({ limit }: { limit: number }) => {
        claims.push(limit);
        const messages = Array.from({ length: isBacklog ? limit : 0 }, () => {
          position += 1;
          const event = { id: String(position), type: 'connection.synced', instance: 'default' };
          return {
            position: String(position),
            orderKey: String(position),
            deliveries: 1,
            deliveredTo: new Set<string>(),
            event,
          } as ClaimedMessage;
        });
        return Promise.resolve({ messages, complete: true });
      },
      acknowledge: async (leases: readonly Lease[]) => {
        acknowledged.push(...leases.map((lease) => lease.position));
        if (!isStoredAtOnce) await new Promise<void>((resolve) => storing.push(resolve));
        return waiting;
      },
      postpone: async (lease: Lease, delayMs: number, deliveredTo: Set<string>, delivery: string) => {
        returned.push([lease.leaseToken, lease.position, delayMs, [...deliveredTo], delivery]);
        return Promise.resolve();
      },
    } as unknown as OutboxRepository;
    const publisher = { publish: async () => deliver() };
    const options = {
      logger: false,
      events: { publisher, publishTimeoutMs: 60_000 },
      outbox: { relay: true, batchSize: AT_A_TIME, leaseSeconds: 60, maxTries: 3, pollIntervalMs: 1000 },
    };
    const emitter = { eventNames: () => [] } as unknown as EventEmitter2;
    relay = new OutboxRelayService(options as unknown as ResolvedOptions, repository, emitter);
  });

  const start = async (): Promise<void> => {
    relay.onApplicationBootstrap();
    await vi.advanceTimersByTimeAsync(0);
  };

  afterEach(() => {
    vi.useRealTimers();
  });

  const turns = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  const confirm = async (count: number): Promise<void> => {
    publishing.splice(0, count).forEach((end) => {
      end();
    });
    await turns();
  };

  describe('with a backlog without end, each message of a connection of its own', () => {
    beforeEach(start);

    it('should claim again when half of the events are published, while the rest is', async () => {
      expect([claims, publishing.length]).toEqual([[4], 4]);
      await confirm(1);
      expect(claims).toEqual([4]);
      await confirm(1);
      expect([claims, publishing.length]).toEqual([[4, 2], 4]);
    });

    it('should store what is published while other events are, and claim none of it again', async () => {
      await confirm(2);
      expect(acknowledged).toEqual([]);
      // The time for which delivered events are gathered.
      await vi.advanceTimersByTimeAsync(10);
      expect(acknowledged).toEqual(['1', '2']);
    });

    it('should not claim ahead of a database that stores no outcome', async () => {
      isStoredAtOnce = false;
      await confirm(4);
      await confirm(4);
      await confirm(4);
      expect(claims.reduce((sum, count) => sum + count, 0)).toBe(2 * AT_A_TIME);
      const before = claims.length;
      isStoredAtOnce = true;
      storing.splice(0).forEach((end) => {
        end();
      });
      await turns();
      expect(claims.length).toBeGreaterThan(before);
    });

    it('should wait for what it publishes when it stops, and claim nothing else', async () => {
      let isStopped = false;
      const stopped = relay.beforeApplicationShutdown().then(() => {
        isStopped = true;
      });
      await vi.advanceTimersByTimeAsync(100);
      await confirm(3);
      expect([isStopped, claims]).toEqual([false, [4]]);
      await confirm(1);
      await stopped;
      expect([acknowledged.length, claims]).toEqual([4, [4]]);
    });
  });

  describe('with events that transactions of this process append', () => {
    const LEASE = 'token';
    const held = (...positions: string[]): HeldMessages => ({
      leaseToken: LEASE,
      messages: positions.map((position) => ({
        ...{
          position,
          orderKey: `key ${position}`,
          deliveries: 1,
          deliveredTo: new Set<string>(),
          traceParent: null,
        },
        event: { id: position, type: 'connection.created', instance: 'default' } as ConnectionEvent,
      })),
    });

    beforeEach(async () => {
      isBacklog = false;
      await start();
      await turns();
      claims = [];
    });

    it('should deliver and acknowledge them without a claim', async () => {
      expect(relay.leaseForAppend()).toMatchObject({ leaseSeconds: 60 });
      relay.deliver(held('1'));
      relay.deliver(held('2'));
      await turns();
      await confirm(2);
      expect(acknowledged).toEqual([]);
      await vi.advanceTimersByTimeAsync(10);
      expect([acknowledged, claims, returned]).toEqual([['1', '2'], [], []]);
    });

    it('should deliver them after the turn that committed them, outside of its context', async () => {
      const context = new AsyncLocalStorage<string>();
      const contexts: unknown[] = [];
      deliver = async () => Promise.resolve(contexts.push(context.getStore()));
      context.run('the request', () => {
        relay.deliver(held('1'));
      });
      await Promise.resolve();
      expect(contexts).toEqual([]);
      await turns();
      expect(contexts).toEqual([undefined]);
    });

    it('should claim when another event of the connection waits', async () => {
      waiting = ['key 1'];
      relay.deliver(held('1'));
      await turns();
      await confirm(1);
      await vi.advanceTimersByTimeAsync(10);
      await turns();
      expect(claims).not.toEqual([]);
    });

    it('should make no lease while the publisher is away', async () => {
      deliver = async () => Promise.reject(new EventPublisherError('publisher_unavailable', 'away'));
      relay.deliver(held('1'));
      await turns();
      expect(relay.leaseForAppend()).toBeNull();
      expect(returned).toEqual([[LEASE, '1', 0, [], 'uncounted']]);
    });

    it('should make no lease while it holds enough, or has stopped', async () => {
      relay.deliver(held('1', '2', '3', '4'));
      expect(relay.leaseForAppend()).toBeNull();
      await turns();
      await confirm(4);
      await vi.advanceTimersByTimeAsync(10);
      await turns();
      expect(relay.leaseForAppend()).not.toBeNull();
      await relay.beforeApplicationShutdown();
      expect(relay.leaseForAppend()).toBeNull();
    });

    it('should give them back uncounted when it can no longer deliver them', async () => {
      await relay.beforeApplicationShutdown();
      relay.deliver(held('1'));
      await turns();
      expect([returned, publishing]).toEqual([[[LEASE, '1', 0, [], 'uncounted']], []]);
    });

    it('should wait for them when it stops', async () => {
      let isStopped = false;
      relay.deliver(held('1'));
      const stopped = relay.beforeApplicationShutdown().then(() => {
        isStopped = true;
      });
      await turns();
      expect([isStopped, publishing.length]).toEqual([false, 1]);
      await confirm(1);
      await vi.advanceTimersByTimeAsync(10);
      await stopped;
      expect(acknowledged).toEqual(['1']);
    });
  });
});
