import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from '../../helpers/flow/browser.js';
import { ADAPTERS, startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { connectedOwner, outbound, snapshot, sql, told } from '../../helpers/flow/observe.js';
import { connect } from '../../helpers/flow/person.js';

const ABSENT = '01985c3e-7f3a-7c11-9a4e-0f6f3b1f2a77';

/** Every route with an id in it; those of later versions answer 404 to everybody until they exist, which is as good. */
const ROUTES: readonly (readonly [method: string, path: (id: string) => string])[] = [
  ['GET', (id) => `/connections/attempts/${id}`],
  ['GET', (id) => `/connections/${id}`],
  ['POST', (id) => `/connections/${id}/reconnect`],
  ['POST', (id) => `/connections/${id}/sync`],
  ['DELETE', (id) => `/connections/${id}`],
];

const ODD_IDS = [
  '1',
  '0',
  '-1',
  'null',
  'undefined',
  '*',
  "'",
  '%27%20OR%201=1',
  '%00',
  '%0A',
  '..%2Fcallback',
  'é',
  '%F0%9F%98%80',
];

describe.each(ADAPTERS)('ids of other owners, on %s', (adapter) => {
  let app: FlowApp;
  let ann: Browser;
  let mallory: Browser;
  let ids: { attempt: string; connection: string };

  beforeAll(async () => {
    app = await startFlowApp({ adapter });
    ann = app.browser('ann');
    const { started } = await connect(app, ann);
    const { items } = (await ann.get('/connections')).json<{ items: { id: string }[] }>();
    ids = { attempt: started.attemptId, connection: items[0]?.id ?? '' };
    mallory = await connectedOwner(app, 'mallory');
  });

  afterAll(async () => {
    await app.close();
  });

  async function send(browser: Browser, method: string, path: string): Promise<ReturnType<typeof told>> {
    const isPost = method === 'POST';
    const headers = isPost ? { 'content-type': 'application/json' } : {};
    const answer = told(await browser.send(method, path, headers, isPost ? '{}' : undefined));
    return {
      ...answer,
      text: answer.text.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '<id>'),
      headers: answer.headers.filter(([name]) => name !== 'content-length'),
    };
  }

  it.each(ROUTES)('should answer %s %s as for an id that never was [OA-14, G12]', async (method, path) => {
    const rows = await snapshot(app);
    const calls = outbound(app).length;
    const absent = await send(mallory, method, path(ABSENT));
    expect(absent.status).toBe(404);
    for (const id of [ids.attempt, ids.connection, ids.connection.toUpperCase()]) {
      expect(await send(mallory, method, path(id))).toEqual(absent);
    }
    expect(await snapshot(app)).toEqual(rows);
    expect(outbound(app)).toHaveLength(calls);
    expect((await ann.get(`/connections/${ids.connection}`)).status).toBe(200);
  });

  it.each(ODD_IDS)('should take %s for an absent id, never for a fault of ours [G04, D17]', async (id) => {
    for (const path of [`/connections/attempts/${id}`, `/connections/${id}`]) {
      const answer = await ann.get(path);
      expect([400, 404]).toContain(answer.status);
      expect(answer.text).not.toMatch(/SELECT|syntax|uuid/);
    }
  });

  it('should ask who is there before it tells whether something is', async () => {
    for (const [, path] of ROUTES.slice(0, 2)) {
      expect((await app.browser(null).get(path(ids.connection))).status).toBe(401);
      expect((await ann.get(path(ids.connection), { 'x-blocked': '1' })).status).toBe(403);
    }
    expect((await app.browser(null).get('/connections')).status).toBe(401);
  });

  it('should page through one owner’s connections, each once, oldest first [G12]', async () => {
    const owner = await connectedOwner(app, 'pager');
    for (let count = 0; count < 4; count += 1) await connect(app, owner);
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const at: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const page = (await owner.get(`/connections?limit=2${at}`)).json<{
        items: { id: string }[];
        nextCursor: string | null;
      }>();
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(seen).toHaveLength(5);
    expect(new Set(seen).size).toBe(5);
    expect(seen).toEqual([...seen].sort());
    const [row] = await sql<{ ids: string[] }>(
      app,
      `SELECT array_agg(id::text) AS ids FROM powens_connection WHERE owner_id = 'pager'`,
    );
    expect([...(row?.ids ?? [])].sort()).toEqual(seen);
  });

  it('should show nothing of another owner through a cursor of his [G12]', async () => {
    const owner = await connectedOwner(app, 'cursor-owner');
    await connect(app, owner);
    const { nextCursor } = (await owner.get('/connections?limit=1')).json<{ nextCursor: string }>();
    const page = (await mallory.get(`/connections?cursor=${nextCursor}`)).json<{ items: unknown[] }>();
    expect(page.items.length).toBeLessThanOrEqual(1);
    expect(JSON.stringify(page)).not.toContain('cursor-owner');
    const fromTheStart = Buffer.from('00000000-0000-0000-0000-000000000000').toString('base64url');
    const all = (await mallory.get(`/connections?cursor=${fromTheStart}`)).json<{ items: unknown[] }>();
    expect(all.items).toHaveLength(1);
  });

  it.each([
    ...['cursor=x', 'cursor=', 'cursor[]=a', 'cursor=a&cursor=b', `cursor=${'a'.repeat(300)}`, 'cursor=%00'],
    `cursor=${Buffer.from("' OR 1=1 --").toString('base64url')}`,
    `cursor=${Buffer.from(ABSENT).toString('base64url')}%3D`,
    ...[
      'limit=0',
      'limit=-1',
      'limit=201',
      'limit=1.5',
      'limit=abc',
      'limit=1e9',
      'limit=',
      'limit[]=1',
      'limit=1&limit=2',
      'owner=ann',
    ],
  ])('should refuse the page ?%s as a mistake of the client [G04, D17]', async (query) => {
    const answer = await ann.get(`/connections?${query}`);
    expect(answer.status).toBe(400);
    expect(answer.json()).toMatchObject({ code: 'invalid_request' });
  });
});
