import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ResolvedOptions } from '../options/resolve/resolved-options.js';
import type { EventDelivery } from './delivery/event-delivery.js';
import { OutboxRelayService } from './outbox-relay.service.js';
import type { ClaimedMessage, OutboxRepository } from './outbox.repository.js';
import type { Lease } from './outbox.rows.js';

const AT_A_TIME = 4;

/** A backlog without end, each message of a connection of its own. The clock stands still. */
describe(OutboxRelayService.name, () => {
  let claims: number[];
  let publishing: (() => void)[];
  let acknowledged: string[];
  let storing: (() => void)[];
  /** Whether the database answers an acknowledgement at once. */
  let isStoredAtOnce: boolean;
  let relay: OutboxRelayService;

  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
    [claims, publishing, acknowledged, storing, isStoredAtOnce] = [[], [], [], [], true];
    let position = 0;
    const repository = {
      claim: async ({ limit }: { limit: number }) => {
        claims.push(limit);
        const messages = Array.from({ length: limit }, () => {
          position += 1;
          const event = { id: String(position), type: 'connection.synced', instance: 'default' };
          return {
            position: String(position),
            orderKey: String(position),
            deliveries: 1,
            event,
          } as ClaimedMessage;
        });
        return Promise.resolve({ messages, complete: true });
      },
      acknowledge: async (leases: readonly Lease[]) => {
        acknowledged.push(...leases.map((lease) => lease.position));
        if (!isStoredAtOnce) await new Promise<void>((resolve) => storing.push(resolve));
      },
    } as unknown as OutboxRepository;
    const delivery = {
      hasReceivers: () => true,
      restMs: 0,
      maxConcurrent: AT_A_TIME,
      publishLimit: () => ({ end: () => undefined }),
      deliver: async () => new Promise<void>((resolve) => publishing.push(resolve)),
    } as unknown as EventDelivery;
    const options = {
      logger: false,
      outbox: { relay: true, leaseSeconds: 60, maxTries: 3, pollIntervalMs: 1000 },
    };
    relay = new OutboxRelayService(options as unknown as ResolvedOptions, repository, delivery);
    relay.onApplicationBootstrap();
    await vi.advanceTimersByTimeAsync(0);
  });

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
