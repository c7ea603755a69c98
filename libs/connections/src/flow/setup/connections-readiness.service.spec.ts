import { describe, expect, it, vi } from 'vitest';
import type { TokenCustodyService } from '../../custody/token-custody.service.js';
import type { ConnectionsDatabase, DatabaseCondition } from '../../database/connections-database.js';
import { StorageError } from '../../errors/index.js';
import type { OutboxRelayService } from '../../outbox/outbox-relay.service.js';
import type { PowensClient } from '../../powens/powens.client.js';
import type { BacklogService } from '../monitoring/backlog.service.js';
import type { LossPolicy } from '../losses/loss-policy.service.js';
import { ConnectionsReadiness } from './connections-readiness.service.js';

const NONE = { depth: 0, ageSeconds: 0, dead: 0 };

const GOOD: DatabaseCondition = { writable: true, complete: true };

/** A replica on a database that answers, takes no writes, or is away (null), and a clock that the test moves. */
class Replica {
  answer: DatabaseCondition | null = GOOD;
  now = 1_000_000;
  readonly #readiness: ConnectionsReadiness;

  constructor() {
    vi.spyOn(performance, 'now').mockImplementation(() => this.now);
    const database = { look: async () => this.look() };
    const custody = { assertKeysComplete: vi.fn(), assertProvider: vi.fn() };
    const losses = { count: async () => Promise.resolve({ suspected: 0, held: 0 }) };
    this.#readiness = new ConnectionsReadiness(
      database as unknown as ConnectionsDatabase,
      custody as unknown as TokenCustodyService,
      { hasReceivers: () => true } as unknown as OutboxRelayService,
      losses as unknown as LossPolicy,
      { read: async () => Promise.resolve({ outbox: NONE, inbox: NONE }) } as unknown as BacklogService,
      { load: () => ({ breakers: null }) } as unknown as PowensClient,
    );
  }

  async isReady(): Promise<boolean> {
    return (await this.#readiness.check()).ready;
  }

  private async look(): Promise<DatabaseCondition> {
    // Each look takes its time, so that those in vain come to an end.
    this.now += 400;
    if (this.answer === null) throw new StorageError(null, null);
    return Promise.resolve(this.answer);
  }
}

describe(ConnectionsReadiness.name, () => {
  it('should not judge by looks without an answer for 3 s after a good one [N38]', async () => {
    const replica = new Replica();
    expect(await replica.isReady()).toBe(true);
    replica.answer = null;
    replica.now += 2000;
    expect(await replica.isReady()).toBe(true);
    replica.now += 1000;
    expect(await replica.isReady()).toBe(false);
    replica.answer = GOOD;
    expect(await replica.isReady()).toBe(true);
  });

  it('should look again before it says no without a good look [N38]', async () => {
    const replica = new Replica();
    replica.answer = null;
    const isReady = replica.isReady();
    replica.answer = GOOD;
    expect(await isReady).toBe(true);
  });

  it('should take the word of a database at once that takes no writes [N7]', async () => {
    const replica = new Replica();
    expect(await replica.isReady()).toBe(true);
    replica.answer = { writable: false, complete: true };
    expect(await replica.isReady()).toBe(false);
  });
});
