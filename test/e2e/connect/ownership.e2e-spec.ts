import { describe, expect, it } from 'vitest';
import type { ConnectionsRequest } from 'nestjs-powens-connections';
import { ADAPTERS, type FlowApp } from '../../helpers/flow/flow-app.js';
import { useFlowApp } from '../../helpers/flow/use-flow-app.js';
import {
  attemptOf,
  connectedOwner,
  exchanges,
  orphanTokens,
  outbound,
  returning,
  sql,
  without,
  withParameter,
} from '../../helpers/flow/observe.js';
import { connect, start, until, visitWebview } from '../../helpers/flow/person.js';

interface Page {
  items: { id: string; powensConnectionId: string }[];
  nextCursor: string | null;
}

/** `owner@tenant`, percent-encoded: header values are Latin-1, owners are not. */
const ownerIn = ({ headers }: ConnectionsRequest): { id: string; tenant: string } | null => {
  const header = headers['x-user'];
  if (typeof header !== 'string') return null;
  const [id = '', tenant = ''] = header.split('@').map(decodeURIComponent);
  return { id, tenant };
};

describe.each(ADAPTERS)('whose connection it is, on %s', (adapter) => {
  let app: FlowApp;
  let serial = 0;
  const newUser = (tenant = ''): string => `user-${(serial += 1)}@${tenant}`;
  const as = (id: string, tenant = ''): string => `${encodeURIComponent(id)}@${tenant}`;

  useFlowApp(
    {
      adapter,
      options: { owner: { resolveOwner: ownerIn, resolvePrincipal: ownerIn } },
    },
    (opened) => {
      app = opened;
    },
  );

  async function pageOf(user: string): Promise<Page> {
    return (await app.browser(user).get('/connections')).json<Page>();
  }

  /** A code of the Powens user that `user` has already, as a thief of codes would hold one. */
  async function codeOf(user: string): Promise<{ code: string; connectionId: string }> {
    const { items } = await pageOf(user);
    const connectionId = items[0]?.powensConnectionId ?? '';
    const { idUser } = app.sandbox.ledger().connections.find(({ id }) => String(id) === connectionId) ?? {};
    const token =
      app.sandbox.ledger().tokens.find((one) => one.idUser === idUser && !one.revoked)?.token ?? '';
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${app.sandbox.url}/2.0/auth/token/code`, { headers });
    const { code } = (await response.json()) as { code: string };
    return { code, connectionId };
  }

  it('should refuse the code of a Powens user who is another owner’s, and revoke the token [OA-14, A16]', async () => {
    const victim = newUser();
    await connectedOwner(app, victim);
    const { code, connectionId } = await codeOf(victim);
    const { browser, callback, started } = await returning(app, newUser());
    const stolen = withParameter(
      withParameter(callback, 'code', encodeURIComponent(code)),
      'connection_id',
      connectionId,
    );
    const before = exchanges(app);

    expect((await browser.get(stolen)).status).toBe(303);

    expect(exchanges(app)).toBe(before + 1);
    expect(await attemptOf(browser, started.attemptId)).toMatchObject({
      status: 'failed',
      error: 'owner_conflict',
      connectionIds: [],
    });
    expect(await orphanTokens(app)).toEqual([]);
    expect((await pageOf(browser.user ?? '')).items).toEqual([]);
    expect((await pageOf(victim)).items).toHaveLength(1);
    await until(() => app.events.some((event) => event.attemptId === started.attemptId));
    expect(app.events.find((event) => event.attemptId === started.attemptId)?.type).toBe('attempt.failed');
    expect((await connect(app, app.browser(victim))).landed.status).toBe(303);
  });

  it('should find the conflict when the stolen code comes without a connection, too [OA-14, A16]', async () => {
    const victim = newUser();
    await connectedOwner(app, victim);
    const { code } = await codeOf(victim);
    const { browser, callback, started } = await returning(app, newUser());
    await browser.get(without(withParameter(callback, 'code', encodeURIComponent(code)), 'connection_id'));
    expect(await attemptOf(browser, started.attemptId)).toMatchObject({
      status: 'failed',
      error: 'owner_conflict',
    });
    expect(await orphanTokens(app)).toEqual([]);
  });

  it('should keep one Powens user when two first tabs come back at once [OA-14, TC-18, D09]', async () => {
    for (let round = 0; round < 5; round += 1) {
      const one = await returning(app, newUser());
      const started = await start(one.browser);
      const callback = await visitWebview(app, started.url);

      const both = await Promise.all([one.browser.get(one.callback), one.browser.get(callback)]);

      expect(both.map(({ status }) => status)).toEqual([303, 303]);
      const ends = await Promise.all(
        [one.started, started].map(async (each) => attemptOf(one.browser, each.attemptId)),
      );
      expect(ends.map(({ status, error }) => `${status} ${error}`).sort()).toEqual([
        'connected null',
        'failed owner_already_connected',
      ]);
      expect((await pageOf(one.browser.user ?? '')).items).toHaveLength(1);
      expect(await orphanTokens(app)).toEqual([]);
    }
  });

  it('should leave the code of a second first tab alone when the first one is done [OA-14]', async () => {
    const one = await returning(app, newUser());
    const started = await start(one.browser);
    const callback = await visitWebview(app, started.url);
    await one.browser.get(one.callback);
    const before = outbound(app).length;
    await one.browser.get(callback);
    expect(await attemptOf(one.browser, started.attemptId)).toMatchObject({
      error: 'owner_already_connected',
    });
    expect(outbound(app)).toHaveLength(before);
    expect((await connect(app, one.browser)).landed.status).toBe(303);
    expect((await pageOf(one.browser.user ?? '')).items).toHaveLength(2);
  });

  it('should keep tenants apart: the same owner id in two of them is two people [OA-16, F3]', async () => {
    const [north, south] = [newUser('north'), ''];
    const id = north.split('@')[0] ?? '';
    const first = await connectedOwner(app, north);
    const twin = await connectedOwner(app, `${id}@south${south}`);
    const [mine, theirs] = [await pageOf(north), await pageOf(`${id}@south`)];
    expect([mine.items.length, theirs.items.length]).toEqual([1, 1]);
    expect(mine.items[0]?.powensConnectionId).not.toBe(theirs.items[0]?.powensConnectionId);
    expect((await twin.get(`/connections/${mine.items[0]?.id}`)).status).toBe(404);
    expect((await first.get(`/connections/${theirs.items[0]?.id}`)).status).toBe(404);
    expect((await pageOf(`${id}@`)).items).toEqual([]);
  });

  it.each([
    ['accents', ['José', 'jose', 'JOSE', 'Jose\u0301']],
    ['sharp s', ['ß', 'ss', 'SS', 'ẞ']],
    ['spaces', ['ann', 'ann ', ' ann', 'ann\u00a0']],
    ['255 characters', ['x'.repeat(255), 'x'.repeat(254)]],
    ['255 characters beyond ASCII', ['é'.repeat(255), '漢'.repeat(255)]],
    ['SQL and markup', ["'; DROP TABLE powens_user; --", "' OR '1'='1", '%', '_', '\\', '<b>', '$1']],
    ['emoji', ['👩‍👩‍👧', '👩', '1️⃣', '1']],
  ])('should tell owners apart by %s [D11, D17]', async (_, ids) => {
    const seen = new Set<string>();
    for (const id of ids) {
      await connectedOwner(app, as(id, 'names'));
      const { items } = await pageOf(as(id, 'names'));
      expect(items).toHaveLength(1);
      seen.add(items[0]?.id ?? '');
    }
    expect(seen.size).toBe(ids.length);
    const [row] = await sql<{ rows: number }>(
      app,
      'SELECT count(*)::int AS rows FROM powens_user WHERE owner_id = ANY($1)',
      [ids],
    );
    expect(row?.rows).toBe(ids.length);
  });

  it.each([
    ['256 characters', 'x'.repeat(256)],
    ['a NUL', 'a\0b'],
    ['a line feed', 'a\nb'],
    ['an escape', '\u001b[31m'],
    ['nothing', ''],
  ])('should take an owner id of %s for nobody [D11]', async (_, id) => {
    for (const path of ['/connections', '/connections/connect']) {
      const answer = await app.browser(as(id)).get(path);
      expect(answer.status).toBe(401);
      expect(answer.json()).toMatchObject({ code: 'unauthenticated' });
    }
    expect((await app.browser(as('ann', 't'.repeat(65))).get('/connections')).status).toBe(401);
  });
});
