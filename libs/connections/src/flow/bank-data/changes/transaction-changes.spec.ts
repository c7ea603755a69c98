import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConnectionsError } from '../../../errors/index.js';
import { ANN, expectSame, filled, Host, HOUR_MS } from './__support__/changing-provider.js';
import { transactionChanges, type ChangesSource } from './transaction-changes.js';

const LINKS = ['cursor', 'offset', 'none'] as const;

describe(transactionChanges.name, () => {
  it('should read everything once, and then nothing but what changed', async () => {
    const provider = filled(35);
    provider.clock += 24 * HOUR_MS;
    const host = new Host();
    await host.read(provider);
    expectSame(host, provider);
    provider.clock += 24 * HOUR_MS;
    provider.change(3, 7, false);
    provider.change(20, 9, true);
    provider.requests = 0;
    host.kept.clear();
    await host.read(provider);
    expect(host.kept.size).toBe(2);
    expect(provider.requests).toBe(1);
  });

  it.each(LINKS)(
    'should end with what the provider has, after 50 synchronisations with changes, deletions and interruptions: %s',
    async (links) => {
      const change = fc.record({
        index: fc.nat(500),
        day: fc.nat(299),
        isDeleted: fc.boolean(),
        isNew: fc.boolean(),
        // Between two pages of the read, or before it.
        isMeanwhile: fc.boolean(),
      });
      const sync = fc.record({
        // Before and after the changes: what a read misses, no overlap of a later read may find.
        hours: fc.tuple(fc.integer({ min: 1, max: 48 }), fc.integer({ min: 1, max: 48 })),
        changes: fc.array(change, { maxLength: 30 }),
        stopAfter: fc.option(fc.nat(3), { nil: Infinity }),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(sync, { minLength: 50, maxLength: 50 }), async (syncs) => {
          const provider = filled(60, ['1', '2'], links);
          const host = new Host();
          for (const { hours, changes, stopAfter } of syncs) {
            provider.clock += hours[0] * HOUR_MS;
            for (const { isMeanwhile, isNew, index, day, isDeleted } of changes) {
              const apply = (): void =>
                isNew
                  ? provider.add(index % 2 === 0 ? '1' : '2', day)
                  : provider.change(index, day, isDeleted);
              if (isMeanwhile) provider.before.push(apply);
              else apply();
            }
            provider.clock += hours[1] * HOUR_MS;
            await host.read(provider, { stopAfter });
            provider.before.splice(0).forEach((apply) => apply());
          }
          await host.read(provider);
          expectSame(host, provider);
        }),
        { numRuns: 15 },
      );
    },
  );

  it.each(LINKS)(
    'should miss nothing where what it has read moves to the end of the list: %s',
    async (links) => {
      const provider = filled(40, ['1'], links);
      provider.clock += 24 * HOUR_MS;
      const host = new Host();
      const toTheEnd = (): void => {
        for (let n = 0; n < 3; n += 1) provider.change(0, 0, false);
      };
      provider.before.push(() => undefined, toTheEnd, toTheEnd);
      await host.read(provider);
      expectSame(host, provider);
      expect(host.kept.size).toBe(40);
    },
  );

  it.each([7, 3, 2])('should read on where Powens answers pages of %d items only', async (maxLimit) => {
    const provider = filled(40, ['1'], 'none');
    provider.maxLimit = maxLimit;
    const host = new Host();
    await host.read(provider);
    expectSame(host, provider);
    expect(host.kept.size).toBe(40);
  });

  it('should follow links as they are, one request a page', async () => {
    const provider = filled(95);
    const host = new Host();
    await host.read(provider);
    expect(host.kept.size).toBe(95);
    expect(provider.requests).toBe(10);
  });

  it('should end where every page is the first one', async () => {
    const provider = filled(40, ['1'], 'none');
    provider.maxRequests = 20;
    const first: ChangesSource = {
      owner: ANN,
      now: () => provider.now(),
      accounts: () => provider.accounts(),
      read: async (path) => provider.read(path.atOffset(0)),
    };
    const host = new Host();
    await host.read(first);
    expect(host.kept.size).toBe(10);
  });

  it('should miss nothing in the hour that Paris has twice', async () => {
    const provider = filled(1);
    const host = new Host();
    // 02:50 in summer time, and then 02:10 in winter time, twenty minutes later.
    provider.clock = Date.UTC(2026, 9, 25, 0, 50);
    await host.read(provider);
    provider.clock = Date.UTC(2026, 9, 25, 1, 10);
    const wall = Date.UTC(2026, 9, 25, 0, 10);
    provider.add('1', 5);
    // Powens writes the wall clock: what reads it takes the first of both hours.
    provider.list().forEach((one) => (one.id === '2' ? (one.at = wall) : undefined));
    provider.clock += HOUR_MS;
    await host.read(provider);
    expect([...host.kept.keys()].sort()).toEqual(['1', '2']);
  });

  it('should not move the cursor on before the last page', async () => {
    const provider = filled(25);
    const host = new Host();
    await host.read(provider, { stopAfter: 2 });
    const interrupted = host.cursor;
    await host.read(provider, { stopAfter: 1 });
    expect(host.cursor).toBe(interrupted);
    await host.read(provider);
    expect(host.cursor).not.toBe(interrupted);
  });

  it('should keep the cursor where a list never stands still', async () => {
    const provider = filled(200, ['1'], 'none');
    const host = new Host();
    await host.read(filled(1));
    const { cursor } = host;
    provider.maxRequests = 100;
    const shift = (): void => {
      for (let n = 0; n < 30; n += 1) provider.add('1', 299);
    };
    const churn = (): void => {
      shift();
      provider.before.push(churn);
    };
    provider.clock += HOUR_MS * 24 * 40;
    provider.shown.add('1');
    provider.before.push(churn);
    provider.list().forEach((one) => (one.at = provider.clock));
    const stopped = new Host();
    stopped.cursor = cursor;
    await stopped.read(provider);
    expect(stopped.cursor).toBe(cursor);
  });

  it.each([9, 1001, 1.5, Number.NaN])('should refuse pages of %d', async (limit) => {
    await expect(new Host().read(filled(1), { limit })).rejects.toBeInstanceOf(ConnectionsError);
  });

  it('should refuse a cursor of another owner, and what is none', async () => {
    const host = new Host();
    await host.read(filled(3));
    const bobs: ChangesSource = Object.assign(filled(1), { owner: { id: 'bob', tenant: '' } });
    for (const [source, cursor] of [
      [bobs, host.cursor ?? ''],
      [filled(1), 'nonsense'],
      [filled(1), ''],
      [filled(1), Buffer.from('[1,"","ann",-1]').toString('base64url')],
      [filled(1), 'a'.repeat(30_000)],
    ] as const) {
      await expect(new Host().read(source, { cursor })).rejects.toMatchObject({ code: 'invalid_request' });
    }
  });
});
