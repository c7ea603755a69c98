import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ERROR } from './client/objects/setup.js';
import { ROUTES } from './client/reference-client.js';
import type { Route } from './client/route.js';
import { ContractWorld } from './contract-world.js';

const NO_IDS = ['abc', '0', '-1', '1.5', '1e3', '0x1', '99999999999999999999', '%00', '%2e%2e%2fme', "'--"];
const NO_BODIES = ['[]', 'null', '5', '"text"', '{', '{"a":', '{"limit":{"a":1}}', '{"__proto__":{"a":1}}'];
const NO_LIMITS = ['0', '-1', '1001', '10000', 'ten', '1.5', '1e2', '%20'];

/** Which of them are lists, read page by page. */
const PAGED = ['/accounts', '/connections', '/connectors', '/investments', '/marketorders', '/pockets'];
const LIMITED = [
  ...PAGED,
  '/amortizations',
  '/account_ownerships',
  '/subscriptions',
  '/transactions',
  '/documents',
];

describe('bad input', () => {
  let world: ContractWorld;
  beforeAll(async () => {
    world = await ContractWorld.start();
  });
  afterAll(() => world.sandbox.close());

  /** The status, and what is wrong with the error object of a refusal. */
  async function answer(
    method: string,
    path: string,
    how: Parameters<ContractWorld['client']['attempt']>[2] = {},
  ): Promise<{ call: string; status: number; problems: string[] }> {
    const { status, headers, text } = await world.client.attempt(method, path, how);
    const isError = status >= 400 && method !== 'HEAD';
    const isJson = headers.get('content-type')?.startsWith('application/json') === true;
    const problems = !isError ? [] : isJson ? ERROR.problems(JSON.parse(text), 'error') : ['no JSON'];
    return { call: `${method} ${path} ${how.body ?? ''}`, status, problems };
  }

  async function statusOf(path: string): Promise<number> {
    return (await answer('GET', path)).status;
  }

  it('should be answered 404 where it is the id of something, whatever the method, and change nothing', async () => {
    const before = await world.rows('GET /connections', 'connections');
    const found = [];
    for (const { method, path, who } of ROUTES.filter(namesSomething)) {
      for (const id of NO_IDS) {
        found.push(await answer(method, path.replace(/\{\w+\}/g, id), { who, ...bodyOf(method, '{}') }));
      }
    }
    expect(found.filter(({ status, problems }) => status !== 404 || problems.length > 0)).toEqual([]);
    expect(await world.rows('GET /connections', 'connections')).toHaveLength(before.length);
  });

  it('should never be answered 5xx where it is a body, and refused with the error object', async () => {
    const found = [];
    for (const route of ROUTES.filter(({ method }) => method === 'POST' || method === 'PUT')) {
      for (const body of NO_BODIES) {
        found.push(await answer(route.method, filled(route), { who: route.who, body }));
      }
    }
    expect(found.filter(({ status, problems }) => status >= 500 || problems.length > 0)).toEqual([]);
    const broken = found.filter(({ call }) => call.endsWith(' {'));
    expect(broken.map(({ status }) => status)).toEqual(broken.map(() => 400));
  });

  it.each(LIMITED)('should be refused where it is the limit of %s', async (path) => {
    for (const limit of NO_LIMITS) {
      expect([limit, await statusOf(`${path}?limit=${limit}`)]).toEqual([limit, 400]);
    }
    expect(await statusOf(`${path}?limit=1000&offset=-1`)).toBe(400);
    expect(await statusOf(`${path}?limit=1000&offset=100000`)).toBe(200);
  });

  it.each([
    ['filter=nonsense', 400],
    ['min_value=abc', 400],
    ['max_value=NaN', 400],
    ['value=%C2%B1x', 400],
    ['value=12|x', 400],
    ['min_date=soon', 400],
    ['min_date=2026-13-45', 400],
    ['max_date=2026-02-30', 400],
    ['last_update=yesterday', 400],
    ['last_update=2026-02-30%2010:00:00', 400],
    [`wording=${'x'.repeat(256)}`, 400],
    ['cursor=nonsense', 400],
    ['cursor=', 200],
    ['income=perhaps', 200],
    ['expand=nonsense[[,]', 200],
    ['nonsense=1&__proto__=2', 200],
    ['min_date=2026&max_date=2026-12', 200],
    ['min_date=2026-03-14%2010:00:00', 200],
    ['min_date=2026-03-14T10:00:00%2B02:00', 200],
    ['last_update=2026-03-14', 200],
    ['last_update=2026-03-14%2010:00:00', 200],
    ['last_update=2026-03-14T10:00:00.5', 200],
  ])('should be answered, as a filter of transactions: %s with %i', async (query, status) => {
    expect(await statusOf(`/transactions?limit=10&${query}`)).toBe(status);
  });

  it.each([
    ['/documents?limit=10&id_type=x', 400],
    ['/documents?limit=10&min_amount=x', 400],
    ['/documents?limit=10&min_amount=12.5', 200],
    ['/documents?limit=10&min_date=2026-13', 400],
    ['/documents', 400],
    ['/transactions', 400],
    ['/auth/token/code?type=nonsense', 400],
    ['/connectors?country_codes=%00', 200],
  ])('should be answered elsewhere: %s with %i', async (path, status) => {
    expect(await statusOf(path)).toBe(status);
  });

  it('should not compute the days of two thousand years', async () => {
    const { account = '' } = world.ids;
    const path = `/accounts/${account}/balances?min_date=0001-01-01&max_date=9999-12-31`;
    const { text } = await world.client.attempt('GET', path);
    const { balances } = JSON.parse(text) as { balances: unknown[] };
    expect(balances.length).toBeLessThanOrEqual(14);
  });

  it('should show the caller of a cursor nothing of the user that it was made for', async () => {
    const first = await world.client.call('GET /transactions', { query: { limit: '5' } });
    const { next } = first['_links'] as { next: { href: string } };
    const other = await ContractWorld.start();
    const { search } = new URL(next.href);
    const { status, text } = await other.client.attempt('GET', `/users/me/transactions${search}`);
    const own = await other.rows('GET /accounts', 'accounts');
    const shown = (JSON.parse(text) as { transactions: { id_account: number }[] }).transactions;
    expect(status).toBe(200);
    const accounts = new Set(own.map(({ id }) => id));
    expect(shown.filter(({ id_account: account }) => !accounts.has(account))).toEqual([]);
    await other.sandbox.close();
  });

  it('should be ignored where it is an unknown key of a body', async () => {
    const { client, ids } = world;
    const before = await client.call('GET /transactions/{transaction}', { path: ids });
    const body = { nonsense: 1, value: 5, id: 7, comment: 'kept' };
    const after = await client.call('POST /transactions/{transaction}', { path: ids, body });
    expect(after).toEqual({ ...before, comment: 'kept', last_update: after['last_update'] });
  });

  it('should be told the methods of a path: HEAD, OPTIONS, and those that it does not have', async () => {
    for (const route of ROUTES) {
      const path = filled(route);
      const options = await world.client.attempt('OPTIONS', path, { headers: { origin: 'https://a.test' } });
      expect([path, options.status]).toEqual([path, 204]);
      expect(options.headers.get('access-control-allow-methods')?.split(', ')).toContain(route.method);
      expect(options.headers.get('access-control-allow-origin')).toBe('*');
      for (const method of ['HEAD', 'PATCH']) {
        const { status, problems } = await answer(method, path, { who: route.who });
        expect([method, path, status, problems]).toEqual([method, path, 405, []]);
      }
    }
    expect((await answer('GET', '/nonsense')).status).toBe(404);
  });

  it('should be refused without a token: 401, and with one of another kind: 403', async () => {
    const guarded = ROUTES.filter(({ who }) => who !== 'nobody');
    const found = [];
    for (const route of guarded) {
      const headers = { authorization: 'Bearer nobody' };
      const { status } = await answer(route.method, filled(route), { who: 'nobody', headers });
      found.push({ call: `${route.method} ${route.path}`, status });
      if (route.who === 'config') {
        const other = await answer(route.method, filled(route), { who: 'user' });
        found.push({
          call: `${route.method} ${route.path}`,
          status: other.status === 403 ? 401 : other.status,
        });
      }
    }
    // One client application is also read with the token of a user.
    const allowed = found.filter(({ call }) => call !== 'GET /clients/{client}');
    expect(allowed.filter(({ status }) => status !== 401)).toEqual([]);
  });

  /** A route with the ids of things that are there. */
  function filled(route: Route): string {
    const { path = {} } = world.callOf(route);
    return route.path.replace(/\{(\w+)\}/g, (_, name: string) => String(path[name] ?? 'me'));
  }
});

function namesSomething({ path }: Route): boolean {
  return /\{/.test(path);
}

function bodyOf(method: string, body: string): { body?: string } {
  return method === 'GET' || method === 'DELETE' ? {} : { body };
}
