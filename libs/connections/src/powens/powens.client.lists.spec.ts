import type { ServerResponse } from 'node:http';
import { describe, expect, it, vi } from 'vitest';
import { failureOf } from './__support__/calls-under-test.js';
import { clientFor, TOKEN } from './__support__/powens-under-test.js';
import { json, stubHttp, type Received, type Stub } from './__support__/stub-server.js';
import { PowensClient } from './powens.client.js';

const FIRST = '/2.0/users/me/connections?expand=connector%2Csources&limit=1000';
const next = (href: unknown): object => ({ _links: { self: null, prev: null, next: href } });
const page = (ids: readonly number[], more: object = {}): object => ({
  connections: ids.map((id) => ({ id, id_user: 412 })),
  ...more,
});

/** A server that answers these pages one after the other, the last one for ever. */
function pages(...bodies: readonly object[]): Promise<Stub> {
  return stubHttp((_: Received, response: ServerResponse, count: number) => {
    json(response, bodies[Math.min(count, bodies.length) - 1]);
  });
}

async function idsOf(stub: Stub): Promise<string[]> {
  return (await clientFor(stub.origin).listConnections(TOKEN)).map(({ id }) => id);
}

describe(`${PowensClient.name}.listConnections`, () => {
  it('should read all pages, with the links as they are and the token on each', async () => {
    const stub = await pages(
      page([1, 2], { total: 5, ...next({ href: '/2.0/users/me/connections?offset=2&limit=2' }) }),
      page([3, 4], { total: 5, ...next({ href: 'connections/?cursor=a%2Fb&expand=a%2Cb' }) }),
      page([5], { total: 5, ...next(null) }),
    );
    expect(await idsOf(stub)).toEqual(['1', '2', '3', '4', '5']);
    expect(stub.requests.map(({ url }) => url)).toEqual([
      FIRST,
      '/2.0/users/me/connections?offset=2&limit=2',
      '/2.0/users/me/connections/?cursor=a%2Fb&expand=a%2Cb',
    ]);
    const bearers = new Set(stub.requests.map(({ headers }) => headers.authorization));
    expect([...bearers]).toEqual([TOKEN.use((clear) => `Bearer ${clear}`)]);
  });

  it('should follow the links of a Powens behind a gateway, which names itself, and stay at the gateway', async () => {
    const href = 'https://acme-sandbox.biapi.pro/2.0/users/me/connections?offset=2';
    const stub = await pages(page([1, 2], { total: 3, ...next({ href }) }), page([3], { total: 3 }));
    expect(await idsOf(stub)).toEqual(['1', '2', '3']);
    expect(stub.requests.map(({ url }) => url)).toEqual([FIRST, '/2.0/users/me/connections?offset=2']);
  });

  it.each([
    ['no links', page([1, 2])],
    ['links that lead nowhere', page([1, 2], next(null))],
    ['a count of something else', page([1, 2], { total: 9 })],
  ])('should take one page with %s for the whole list', async (_, body) => {
    expect(await idsOf(await pages(body))).toEqual(['1', '2']);
  });

  it('should take a connection once that comes on two pages, as it was seen last', async () => {
    const stub = await pages(
      page([1, 2], { total: 3, ...next({ href: '/2.0/users/me/connections?offset=2' }) }),
      page([2, 3], { total: 3 }),
    );
    expect(await idsOf(stub)).toEqual(['1', '2', '3']);
  });

  it('should refuse pages between which a connection was lost, rather than have it told as deleted', async () => {
    const stub = await pages(
      page([1, 2], { total: 4, ...next({ href: '/2.0/users/me/connections?offset=2' }) }),
      page([4], { total: 4 }),
    );
    expect(await failureOf(idsOf(stub))).toMatchObject({ code: 'powens_response_invalid' });
  });

  it.each([
    'https://evil.test/2.0/users/me/connections',
    '//evil.test/2.0/users/me/connections',
    '/other/users/me/connections',
    '/2.0/auth/token/code',
    '/2.0/users/me/../../auth/token/code',
    7,
  ])('should follow no link to %j, and send no token there [OA-15]', async (href) => {
    const stub = await pages(page([1], next({ href })), page([2]));
    expect(await failureOf(idsOf(stub))).toMatchObject({ code: 'powens_response_invalid' });
    expect(stub.requests).toHaveLength(1);
  });

  it('should stop where a page links to one before it', async () => {
    const stub = await pages(page([1], next({ href: FIRST })));
    expect(await failureOf(idsOf(stub))).toMatchObject({
      code: 'powens_response_invalid',
      failure: { operation: 'GET /users/me/connections' },
    });
    expect(stub.requests).toHaveLength(1);
  });

  it('should end with the deadline of one call when pages never end [RL-14]', async () => {
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    const stub = await stubHttp((_, response, count) => {
      const body = page([count], next({ href: `/2.0/users/me/connections?offset=${count}` }));
      now += 900;
      if (now < 3000) json(response, body);
    });
    const client = clientFor(stub.origin, { totalTimeoutMs: 3000 });
    expect(await failureOf(client.listConnections(TOKEN))).toMatchObject({ code: 'powens_timeout' });
    expect(stub.requests).toHaveLength(4);
  });

  it('should read every connection of a list in which one is odd, the odd one too', async () => {
    const odd = { id: 2, id_user: 412, state: { code: 7 }, connector: { name: {} }, connector_uuid: 5 };
    expect(await idsOf(await pages({ connections: [{ id: 1 }, odd, { id: 3 }] }))).toEqual(['1', '2', '3']);
  });

  it.each([{ id: null }, { id: {} }, { id: 1, id_user: 'x' }, [], 'x'])(
    'should rather refuse a list than leave out %j: what is missing may count as deleted',
    async (unreadable) => {
      const list = await pages({ connections: [{ id: 1 }, unreadable] });
      expect(await failureOf(idsOf(list))).toMatchObject({ code: 'powens_response_invalid' });
    },
  );

  it.each([[{ connections: { 0: { id: 1 } } }], [{ connections: [null] }], [[{ id: 1 }]], [{ items: [] }]])(
    'should refuse %j [U07]',
    async (body) => {
      expect(await failureOf(idsOf(await pages(body)))).toMatchObject({ code: 'powens_response_invalid' });
    },
  );
});
