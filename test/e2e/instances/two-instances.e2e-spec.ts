import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import {
  ConnectionsReadiness,
  ConnectionsService,
  enableGracefulShutdown,
  getConnectionsToken,
} from 'nestjs-powens-connections';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from '../../helpers/flow/browser.js';
import { connect, start, until, visitWebview } from '../../helpers/flow/person.js';
import {
  startTwoInstances,
  type InstanceName,
  type TwoInstances,
} from '../../helpers/instances/two-instances.js';
import { failureOf } from '../../helpers/upstream/upstream.js';
import { push, syncedBody, type PushAnswer } from '../../helpers/webhooks/pushed.js';

const NAMES: readonly InstanceName[] = ['north', 'south'];
const otherOf = (name: InstanceName): InstanceName => (name === 'north' ? 'south' : 'north');

describe.each([
  ['express', 'the same tables', false],
  ['express', 'tables of their own', true],
  ['fastify', 'the same tables', false],
] as const)('two instances of one application, on %s, with %s', (adapter, _, ownTables) => {
  let two: TwoInstances;
  let serial = 0;

  beforeAll(async () => {
    two = await startTwoInstances(adapter, ownTables);
  });

  afterAll(async () => {
    await two.close();
  });

  const at = (name: InstanceName): { sandbox: TwoInstances['sandboxes'][InstanceName] } => ({
    sandbox: two.sandboxes[name],
  });
  const someone = (): Browser => two.app.browser(`someone-${(serial += 1)}`);
  const service = (name: InstanceName): ConnectionsService =>
    two.app.app.get(getConnectionsToken(ConnectionsService, name));
  const itemsOf = async (browser: Browser, name: InstanceName): Promise<{ powensConnectionId: string }[]> =>
    (await browser.get(`/${name}`)).json<{ items: { powensConnectionId: string }[] }>().items;
  const eventsOf = (browser: Browser): TwoInstances['app']['events'] =>
    two.app.events.filter(({ ownerId }) => ownerId === browser.user);
  const connectBoth = async (browser = someone()): Promise<Browser> => {
    for (const name of NAMES) {
      expect((await connect(at(name), browser, { root: `/${name}` })).landed.status).toBe(303);
    }
    return browser;
  };

  it('should connect one owner at both, each at its own Powens and with its own key [A5]', async () => {
    const before = NAMES.map((name) => two.sandboxes[name].ledger().connections.length);
    const browser = await connectBoth();
    for (const [index, name] of NAMES.entries()) {
      const { connections, users } = two.sandboxes[name].ledger();
      expect(connections.length).toBe((before[index] ?? 0) + 1);
      expect(users.length).toBeGreaterThan(0);
      expect(await itemsOf(browser, name)).toHaveLength(1);
      const { user } = await two.rows(name);
      expect(new Set(user?.map(({ instance }) => instance))).toEqual(new Set([name]));
      expect(new Set(user?.map(({ key_id }) => key_id))).toEqual(
        new Set([name === 'north' ? 'k1' : 'k-south']),
      );
      expect(new Set(user?.map(({ api_origin }) => api_origin))).toEqual(new Set([two.sandboxes[name].url]));
    }
    await until(() => eventsOf(browser).length === 2);
    expect(eventsOf(browser).map(({ type }) => type)).toEqual(['connection.created', 'connection.created']);
    expect(eventsOf(browser).map(({ instance }) => instance)).toEqual(NAMES);
  });

  it('should refuse the callback of the other, and leave the attempt to its own [A5]', async () => {
    for (const name of NAMES) {
      const browser = someone();
      // With a cookie of the other, too.
      await start(browser, {}, `/${otherOf(name)}`);
      const { url, attemptId } = await start(browser, {}, `/${name}`);
      const callback = await visitWebview(at(name), url);
      const rows = await two.rows(otherOf(name));
      const calls = two.sandboxes[otherOf(name)].ledger().calls.length;
      const elsewhere = callback.replace(`/${name}/`, `/${otherOf(name)}/`);
      expect((await browser.get(elsewhere)).status).toBe(400);
      expect(await two.rows(otherOf(name))).toEqual(rows);
      expect(two.sandboxes[otherOf(name)].ledger().calls).toHaveLength(calls);
      expect((await browser.get(callback)).location).toBe(`/${name}/attempts/${attemptId}`);
    }
  });

  it('should complete attempts of both that one browser started side by side [A5]', async () => {
    const browser = someone();
    const north = await start(browser, {}, '/north');
    const south = await start(browser, {}, '/south');
    expect([...browser.cookies.keys()].sort()).toEqual(['powens-binding-north', 'powens-binding-south']);
    for (const [name, { url }] of [
      ['north', north],
      ['south', south],
    ] as const) {
      expect(new URL(url).searchParams.get('redirect_uri')).toBe(`${two.app.url}/${name}/callback`);
      expect((await browser.get(await visitWebview(at(name), url))).status).toBe(303);
      expect(await itemsOf(browser, name)).toHaveLength(1);
    }
  });

  it('should let each stand behind its own guard [A5]', async () => {
    const browser = someone();
    for (const name of NAMES) {
      expect((await browser.get(`/${name}`, { 'x-not-for': name })).status).toBe(403);
      expect((await browser.get(`/${otherOf(name)}`, { 'x-not-for': name })).status).toBe(200);
    }
  });

  it('should take webhooks of its own Powens alone, though both know the same numbers [A5]', async () => {
    const browser = await connectBoth();
    const idsOf = async (name: InstanceName): Promise<Parameters<typeof syncedBody>[0]> => {
      const [row] = await two.sql(
        name,
        `SELECT c.powens_connection_id AS "powensConnectionId", u.powens_user_id AS "powensUserId"
          FROM {connection} c JOIN {user} u ON u.id = c.user_id WHERE c.owner_id = $1 AND c.instance = $2`,
        [browser.user, name],
      );
      return row as unknown as Parameters<typeof syncedBody>[0];
    };
    for (const name of NAMES) {
      const body = syncedBody(await idsOf(name), {
        lastUpdate: '2027-03-14 10:27:40',
        state: 'wrongpass',
        webhookDataId: 100 + serial,
      });
      const send = async (to: InstanceName, secret: string): Promise<PushAnswer> =>
        push(two.app.url, `/${to}/webhooks/connection-synced`, body, { secret });
      const before = await two.rows(otherOf(name));
      const own = await two.rows(name);
      expect((await send(name, two.secrets[otherOf(name)])).status).toBe(401);
      expect((await send(otherOf(name), two.secrets[name])).status).toBe(401);
      expect(await two.rows(name)).toEqual(own);
      expect((await send(name, two.secrets[name])).status).toBe(204);
      await until(async () => (await two.rows(name))['inbox']?.length === (own['inbox']?.length ?? 0) + 1);
      await until(async () => {
        const { outbox } = await two.rows(name);
        return (outbox?.length ?? 0) > (own['outbox']?.length ?? 0);
      });
      expect(await two.rows(otherOf(name))).toEqual(before);
    }
  });

  it('should open no token that the other sealed, wherever it stands [A5]', async () => {
    const browser = await connectBoth();
    const owner = browser.user ?? '';
    const sealed = async (name: InstanceName): Promise<string> => {
      const [row] = await two.sql(
        name,
        `SELECT sealed_token FROM {user} WHERE owner_id = $1 AND instance = $2`,
        [owner, name],
      );
      return String(row?.['sealed_token']);
    };
    const [north, south] = [await sealed('north'), await sealed('south')];
    const put = async (text: string): Promise<void> => {
      await two.sql('south', `UPDATE {user} SET sealed_token = $3 WHERE owner_id = $1 AND instance = $2`, [
        owner,
        'south',
        text,
      ]);
    };
    await put(north);
    const read = async (name: InstanceName): Promise<string> =>
      service(name).withToken(owner, async (token) => Promise.resolve(token.constructor.name), 'a test');
    expect(await failureOf(read('south'))).toMatchObject({
      code: expect.stringMatching(/^(key_unavailable|token_tampered)$/) as string,
    });
    expect(await read('north')).toBe('AccessToken');
    await put(south);
    expect(await read('south')).toBe('AccessToken');
  });

  it('should erase an owner in one, and leave every byte of the other as it was [A5]', async () => {
    const browser = await connectBoth();
    await until(() => eventsOf(browser).length === 2);
    for (const name of NAMES) {
      const before = await two.rows(otherOf(name));
      const calls = two.sandboxes[otherOf(name)].ledger().calls.length;
      expect((await browser.send('DELETE', `/${name}/me`, {})).status).toBe(204);
      expect(await itemsOf(browser, name)).toEqual([]);
      expect(await two.rows(otherOf(name))).toEqual(before);
      expect(two.sandboxes[otherOf(name)].ledger().calls).toHaveLength(calls);
      // The farewell of the owner goes as soon as it is delivered.
      await until(async () => {
        const { outbox } = await two.rows(name);
        return outbox?.every(({ owner_id }) => owner_id !== browser.user) ?? false;
      });
    }
  });

  it('should show the routes of both in one document, under ids of their own [A5]', () => {
    const { paths } = SwaggerModule.createDocument(two.app.app, new DocumentBuilder().build());
    for (const name of NAMES) {
      expect(Object.keys(paths)).toEqual(expect.arrayContaining([`/${name}/connect`, `/${name}/callback`]));
    }
    const ids = Object.values(paths).flatMap((path) =>
      Object.values(path as Record<string, { operationId?: string }>).map(({ operationId }) => operationId),
    );
    expect(ids.length).toBeGreaterThan(20);
    expect(new Set(ids).size).toBe(ids.length);
  });

  // The last one: it ends the application.
  it('should make both unready as soon as the application shuts down [A5]', async () => {
    const ready = async (): Promise<boolean[]> =>
      Promise.all(
        NAMES.map(async (name) => {
          const readiness = two.app.app.get(getConnectionsToken(ConnectionsReadiness, name));
          return (await readiness.check()).ready;
        }),
      );
    expect(await ready()).toEqual([true, true]);
    let seen: boolean[] = [];
    const shutdown = enableGracefulShutdown(two.app.app, {
      signals: [],
      close: async () => {
        seen = await ready();
      },
    });
    await shutdown.stop();
    expect(seen).toEqual([false, false]);
  });
});
