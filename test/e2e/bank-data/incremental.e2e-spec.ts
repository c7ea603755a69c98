import { PowensService } from 'nestjs-powens-connections';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { connectedOwner, outbound } from '../../helpers/flow/observe.js';
import { rounds } from '../../helpers/sweeps.js';

/** A few here, fifty with the sweeps. */
const SYNCS = rounds(8, 50);
const LIMIT = 25;

let app: FlowApp;
let powens: PowensService;

beforeAll(async () => {
  app = await startFlowApp();
  powens = app.app.get(PowensService);
  await connectedOwner(app, 'alice');
});

afterAll(async () => {
  await app.close();
});

/** A number below, always the same for the same seeds. */
function pick(below: number, ...seeds: number[]): number {
  return seeds.reduce((hash, seed) => (Math.imul(hash ^ seed, 2_654_435_761) >>> 8) ^ seed, 7) % below;
}

async function change(id: string, body: object): Promise<void> {
  const response = await fetch(`${app.sandbox.url}/sandbox/transactions/${id}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(200);
}

/** A host that keeps items and cursor together. */
class Host {
  readonly kept = new Map<string, unknown>();
  cursor: string | undefined;

  /** @param meanwhile - called after each page; false interrupts the reading */
  async read(meanwhile: (page: number) => Promise<boolean> = async () => true): Promise<void> {
    const cursor = this.cursor === undefined ? {} : { cursor: this.cursor };
    let pages = 0;
    for await (const page of powens.forOwner('alice').transactionChanges({ limit: LIMIT, ...cursor })) {
      for (const item of page.items) this.kept.set(item.id, item);
      this.cursor = page.cursor;
      if (!(await meanwhile((pages += 1)))) return;
    }
  }
}

/** Every transaction, deleted ones too, as a client reads them that knows no cursor. */
async function everything(): Promise<Map<string, { deleted: string | null }>> {
  const all = new Map<string, { deleted: string | null }>();
  const query = { limit: 1000, all: '' };
  const answer = (await powens.forOwner('alice').get('/users/me/transactions', query)) as {
    transactions: { id: number; deleted: string | null }[];
  };
  for (const one of answer.transactions) all.set(String(one.id), one);
  return all;
}

describe('incremental reading', () => {
  it(`should end with what Powens has, after ${SYNCS} readings with changes, deletions and interruptions`, async () => {
    const ids = [...(await everything()).keys()];
    const host = new Host();
    const someChange = async (sync: number, n: number): Promise<void> => {
      const id = ids[pick(ids.length, sync, n)] ?? '';
      const month = String(1 + pick(12, n, sync)).padStart(2, '0');
      await change(id, n % 3 === 0 ? { deleted: sync % 2 === 0 } : { date: `2026-${month}-11` });
    };
    for (let sync = 0; sync < SYNCS; sync += 1) {
      await someChange(sync, 0);
      const interrupted = sync % 4 === 3 ? 1 + pick(3, sync) : Infinity;
      await host.read(async (page) => {
        await someChange(sync, page);
        return page < interrupted;
      });
    }
    const before = outbound(app).length;
    await host.read();
    const calls = outbound(app).slice(before);
    const all = await everything();
    expect([...host.kept.keys()].sort()).toEqual([...all.keys()].sort());
    for (const [id, { deleted }] of all) {
      expect(host.kept.get(id), id).toMatchObject({
        deletedAt: deleted === null ? null : (expect.any(Date) as Date),
      });
    }
    expect([...all.values()].filter(({ deleted }) => deleted !== null).length).toBeGreaterThan(0);
    const lists = calls.filter(({ path }) => path.includes('/transactions'));
    const since = new URLSearchParams(lists[0]?.path.split('?')[1]).get('last_update') ?? '';
    const query = { limit: 1, all: '', last_update: since };
    const { total } = (await powens.forOwner('alice').get('/users/me/transactions', query)) as {
      total: number;
    };
    // The changes page by page, and the accounts before and after them.
    expect(lists).toHaveLength(Math.ceil(total / LIMIT));
    expect(calls).toHaveLength(lists.length + 2);
  });
});
