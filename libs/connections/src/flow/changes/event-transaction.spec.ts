import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AttemptRepository } from '../../attempts/attempt.repository.js';
import type { ClaimedAttempt } from '../../attempts/attempt.js';
import type { ConnectionsDatabase } from '../../database/connections-database.js';
import type { Transaction } from '../../database/unit-of-work.js';
import { ConnectionsError, StorageError } from '../../errors/index.js';
import type { OutboxRelayService } from '../../outbox/outbox-relay.service.js';
import type { HeldMessages } from '../../outbox/outbox-deliveries.js';
import type { EventToAppend, OutboxRepository } from '../../outbox/outbox.repository.js';
import type { AppendLease } from '../../outbox/outbox.rows.js';
import { EventTransaction } from './event-transaction.js';

const ATTEMPT = { id: 'attempt', owner: { id: 'ann', tenant: '' } } as ClaimedAttempt;
const EVENT = { type: 'connection.synced' } as unknown as EventToAppend;
const IN_DOUBT = new ConnectionsError('commit_outcome_unknown', '');
const LINK_LOST = new StorageError('08006', null, { outcome: 'refused' });
const CONFLICT = new StorageError('23505', 'powens_user_owner_key');

describe(EventTransaction.name, () => {
  /** Failures of the tries, in their order; then they succeed. */
  let failures: Error[];
  /** What is read of the attempt after each failed try, in its order. */
  let outcomes: (Date | null | Error | 'no row')[];
  let done: string[];
  let within: number[];
  /** Milliseconds that each try takes. */
  let tryMs: number;
  let isRelayFree: boolean;

  beforeEach(() => {
    [failures, outcomes, done, within, tryMs, isRelayFree] = [[], [], [], [], 0, true];
    const now = performance.now.bind(performance);
    vi.spyOn(performance, 'now').mockImplementation(() => now() + within.length * tryMs);
  });

  afterEach(() => {
    vi.restoreAllMocks();
  });

  function events(): EventTransaction {
    const database = {
      transaction: async (collect: (tx: Transaction) => void, policy?: { withinMs: number }) => {
        done.push('run');
        within.push(policy?.withinMs ?? -1);
        collect({} as Transaction);
        const failure = failures.shift();
        return failure === undefined ? Promise.resolve() : Promise.reject(failure);
      },
    } as unknown as ConnectionsDatabase;
    const outbox = {
      append: (appended: readonly EventToAppend[], _: Transaction, lease: AppendLease | null) => {
        done.push(`append ${appended.length}`);
        const held = lease === null ? [] : appended.filter(({ isFirst }) => isFirst);
        return { areWaiting: appended.length > held.length, held };
      },
    } as unknown as OutboxRepository;
    const relay = {
      leaseForAppend: () => (isRelayFree ? { leaseToken: 'lease', leaseSeconds: 10 } : null),
      deliver: ({ messages }: HeldMessages) => {
        if (messages.length > 0) done.push(`deliver ${messages.length}`);
      },
      wake: () => done.push('wake'),
    } as unknown as OutboxRelayService;
    const attempts = {
      findOne: async (_: unknown, id: string) => {
        done.push(`read ${id}`);
        const outcome = outcomes.shift() ?? null;
        if (outcome instanceof Error) return Promise.reject(outcome);
        return Promise.resolve(outcome === 'no row' ? null : { completedAt: outcome });
      },
    } as unknown as AttemptRepository;
    return new EventTransaction(database, outbox, relay, attempts);
  }

  const complete = async (): Promise<void> =>
    events().complete(ATTEMPT, (_, emit) => {
      emit(EVENT);
    });
  const TRY = ['run', 'append 1'];

  it('should write events with their change, and wake the relay after the commit', async () => {
    await events().run((_, emit) => {
      emit(EVENT, EVENT);
    });
    expect(done).toEqual(['run', 'append 2', 'wake']);
  });

  it('should deliver the first event of a connection itself, and leave the others to the relay', async () => {
    await events().run((_, emit) => {
      emit({ ...EVENT, isFirst: true }, EVENT);
    });
    expect(done).toEqual(['run', 'append 2', 'deliver 1', 'wake']);
  });

  it('should leave every event to the relay while that one is not free', async () => {
    isRelayFree = false;
    await events().run((_, emit) => {
      emit({ ...EVENT, isFirst: true });
    });
    expect(done).toEqual(['run', 'append 1', 'wake']);
  });

  it('should not claim for an event that it delivers itself', async () => {
    await events().complete(ATTEMPT, (_, emit) => {
      emit({ ...EVENT, isFirst: true });
    });
    expect(done).toEqual(['run', 'append 1', 'deliver 1']);
  });

  it('should leave an event to the relay when the commit that wrote it was in doubt', async () => {
    failures = [IN_DOUBT];
    outcomes = [new Date()];
    await events().complete(ATTEMPT, (_, emit) => {
      emit({ ...EVENT, isFirst: true });
    });
    expect(done).toEqual(['run', 'append 1', 'read attempt', 'wake']);
  });

  it('should not wake the relay for a transaction without events', async () => {
    await events().run((_, emit) => {
      emit();
    });
    expect(done).not.toContain('wake');
  });

  it('should not wake the relay for what was not committed', async () => {
    failures = [LINK_LOST];
    await expect(events().run((_, emit) => emit(EVENT))).rejects.toBe(LINK_LOST);
    expect(done).toEqual(TRY);
  });

  it('should complete an attempt in one transaction, with half a minute for all tries', async () => {
    await complete();
    expect(done).toEqual([...TRY, 'wake']);
    expect(within[0]).toBeGreaterThan(20_000);
    expect(within[0]).toBeLessThanOrEqual(30_000);
  });

  it('should try again while the database is away', async () => {
    failures = [LINK_LOST, LINK_LOST];
    await complete();
    expect(done).toEqual([...TRY, ...TRY, ...TRY, 'wake']);
    expect(within[2]).toBeLessThan(within[0] ?? 0);
  });

  it('should not try again what the database refused for good', async () => {
    failures = [CONFLICT];
    await expect(complete()).rejects.toBe(CONFLICT);
    expect(done).toEqual(TRY);
  });

  it('should not try again after another error', async () => {
    const other = new TypeError('x is not a function');
    failures = [other];
    await expect(complete()).rejects.toBe(other);
    expect(done).toEqual(TRY);
  });

  it('should read what became of a commit in doubt before it writes again [RL-08]', async () => {
    failures = [IN_DOUBT];
    outcomes = [new Date()];
    await complete();
    expect(done).toEqual([...TRY, 'read attempt', 'wake']);
  });

  it.each([null, 'no row'] as const)(
    'should write again when it certainly had no effect: %s',
    async (outcome) => {
      failures = [IN_DOUBT];
      outcomes = [outcome];
      await complete();
      expect(done).toEqual([...TRY, 'read attempt', ...TRY, 'wake']);
    },
  );

  it('should stay in doubt: a first transaction may end after the second was refused', async () => {
    failures = [IN_DOUBT, CONFLICT];
    outcomes = [null, new Date()];
    await complete();
    expect(done).toEqual([...TRY, 'read attempt', ...TRY, 'read attempt', 'wake']);
  });

  it('should tell a conflict that is left when the first had no effect', async () => {
    failures = [IN_DOUBT, CONFLICT];
    outcomes = [null, null];
    await expect(complete()).rejects.toBe(CONFLICT);
  });

  it('should go on trying while the outcome cannot be read', async () => {
    failures = [IN_DOUBT, CONFLICT];
    outcomes = [LINK_LOST, LINK_LOST];
    await complete();
    expect(done).toEqual([...TRY, 'read attempt', ...TRY, 'read attempt', ...TRY, 'wake']);
  });

  it('should not begin another try after half a minute, and report the doubt that is left', async () => {
    tryMs = 20_000;
    failures = [IN_DOUBT, CONFLICT, LINK_LOST];
    outcomes = [LINK_LOST, LINK_LOST, LINK_LOST];
    const error: unknown = await complete().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'commit_outcome_unknown' });
    expect(error).not.toBe(IN_DOUBT);
    expect(done).toEqual([...TRY, 'read attempt', ...TRY, 'read attempt']);
  });

  it('should report the last refusal of a database that is away for half a minute', async () => {
    tryMs = 20_000;
    failures = [LINK_LOST, LINK_LOST, LINK_LOST];
    await expect(complete()).rejects.toBe(LINK_LOST);
    expect(done).toEqual([...TRY, ...TRY]);
  });
});
