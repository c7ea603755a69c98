import { beforeEach, describe, expect, it } from 'vitest';
import { Acknowledgements } from './acknowledgements.js';
import type { Lease } from './outbox.rows.js';

const lease = (position: string): Lease => ({ position, leaseToken: 't' });

/** A statement that the test ends. */
interface Statement {
  readonly positions: readonly string[];
  readonly end: (error?: Error) => void;
}

const turn = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe(Acknowledgements.name, () => {
  let statements: Statement[];
  let acknowledgements: Acknowledgements;

  beforeEach(() => {
    statements = [];
    acknowledgements = new Acknowledgements({
      acknowledge: async (leases) =>
        new Promise((resolve, reject) => {
          const end = (error?: Error): void => {
            if (error === undefined) resolve([]);
            else reject(error);
          };
          statements.push({ positions: leases.map(({ position }) => position), end });
        }),
    });
  });

  const sent = (): (readonly string[])[] => statements.map(({ positions }) => positions);
  const untilSent = async (count: number): Promise<void> => {
    while (statements.length < count) await turn();
  };

  it('should send one statement for messages that come together, and wait for it', async () => {
    let stored = 0;
    const all = ['1', '2', '3'].map(async (position) => {
      await acknowledgements.add(lease(position));
      stored += 1;
    });
    await untilSent(1);
    await turn();
    expect([sent(), stored]).toEqual([[['1', '2', '3']], 0]);
    statements[0]?.end();
    await Promise.all(all);
    expect([sent(), stored]).toEqual([[['1', '2', '3']], 3]);
  });

  it('should gather what comes while a statement runs, and send it afterwards', async () => {
    const first = acknowledgements.add(lease('1'));
    await untilSent(1);
    const others = ['2', '3'].map(async (position) => {
      await turn();
      await acknowledgements.add(lease(position));
    });
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(sent()).toEqual([['1']]);
    statements[0]?.end();
    await first;
    await untilSent(2);
    expect(sent()).toEqual([['1'], ['2', '3']]);
    statements[1]?.end();
    await Promise.all(others);
  });

  it('should send at once what nothing else will join', async () => {
    const stored = acknowledgements.add(lease('1'));
    acknowledgements.hurry();
    await turn();
    expect(sent()).toEqual([['1']]);
    statements[0]?.end();
    await stored;
    acknowledgements.hurry();
    await turn();
    expect(sent()).toHaveLength(1);
  });

  it('should tell the messages of a statement that failed, and store the next ones', async () => {
    const failed = Promise.allSettled([acknowledgements.add(lease('1')), acknowledgements.add(lease('2'))]);
    await untilSent(1);
    const next = acknowledgements.add(lease('3'));
    statements[0]?.end(new Error('the database is away'));
    expect((await failed).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await untilSent(2);
    statements[1]?.end();
    await next;
    expect(sent()).toEqual([['1', '2'], ['3']]);
  });
});
