import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SandboxHarness } from '../../__helpers__/sandbox.harness.js';
import { TransactionsController } from './transactions.controller.js';

interface Transaction {
  id: number;
  date: string;
  value: number;
  deleted: string | null;
}

interface List {
  transactions: Transaction[];
  total: number;
  _links: Record<'self' | 'prev' | 'next', { href: string } | null>;
}

const PATH = '/2.0/users/me/transactions';

describe(TransactionsController.name, () => {
  let sandbox: SandboxHarness;
  let token: string;
  beforeAll(async () => {
    sandbox = await SandboxHarness.start();
  });
  afterAll(() => sandbox.close());
  beforeEach(async () => {
    await sandbox.post('/sandbox/reset');
    ({ token } = await sandbox.connectedUser({ connector_ids: '40' }));
  });

  async function read(url: string): Promise<List> {
    return (await sandbox.get(url, token)).json as unknown as List;
  }

  const ids = ({ transactions }: List): number[] => transactions.map(({ id }) => id);

  it('should link to pages by a cursor, which keeps the filters and lists everything once', async () => {
    const whole = await read(`${PATH}?limit=1000&income=false`);
    const pages: List[] = [];
    for (let href: string | undefined = `${PATH}?limit=20&income=false`; href !== undefined;) {
      const page: List = await read(href);
      pages.push(page);
      href = page._links.next?.href;
      expect(href ?? '').not.toContain('offset');
    }
    expect(pages.flatMap(ids)).toEqual(ids(whole));
    expect(pages.length).toBeGreaterThan(2);
    expect(ids(await read(pages[1]?._links.prev?.href ?? ''))).toEqual(ids(pages[0] as List));
    expect(pages[0]?._links.prev).toBeNull();
  });

  it('should not move a cursor when transactions before it come and go', async () => {
    const whole = await read(`${PATH}?limit=1000`);
    const first = await read(`${PATH}?limit=5`);
    await sandbox.post(`/sandbox/transactions/${whole.transactions[1]?.id}`, { deleted: true });
    const second = await read(first._links.next?.href ?? '');
    expect(ids(second)).toEqual(ids(whole).slice(5, 10));
  });

  it('should cut a page by offset, too, and refuse a cursor that is none', async () => {
    const whole = await read(`${PATH}?limit=1000`);
    const page = await read(`${PATH}?limit=5&offset=7`);
    expect(ids(page)).toEqual(ids(whole).slice(7, 12));
    expect(ids(await read(page._links.next?.href ?? ''))).toEqual(ids(whole).slice(12, 17));
    expect((await sandbox.get(`${PATH}?limit=5&cursor=x`, token)).json['code']).toBe('invalidValue');
  });

  it('should show deleted ones with the value-less all, and filter by deleted', async () => {
    const [one] = (await read(`${PATH}?limit=1`)).transactions;
    const { total } = await read(`${PATH}?limit=1`);
    const { json } = await sandbox.post(`/sandbox/transactions/${one?.id}`, { deleted: true });
    expect(json['deleted']).toEqual(json['last_update']);
    const listed = async (query: string): Promise<number> => (await read(`${PATH}?limit=1000${query}`)).total;
    expect(await listed('')).toBe(total - 1);
    // Value-less, it is no boolean.
    expect(await listed('&deleted')).toBe(total - 1);
    expect(await listed('&all')).toBe(total);
    expect(await listed('&all&deleted=false')).toBe(total - 1);
    expect((await read(`${PATH}?limit=1000&deleted=true`)).transactions).toMatchObject([{ id: one?.id }]);
  });

  it('should take the day that counts for budgets for min_date and max_date', async () => {
    const [one] = (await read(`${PATH}?limit=1`)).transactions;
    await sandbox.post(`${PATH}/${one?.id}`, { application_date: '2001-02-03' }, token);
    expect(ids(await read(`${PATH}?limit=9&max_date=2001`))).toEqual([one?.id]);
    expect(ids(await read(`${PATH}?limit=9&max_date=2001&filter=date`))).toEqual([]);
  });
});
