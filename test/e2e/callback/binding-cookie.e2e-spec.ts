import type { ServerResponse } from 'node:http';
import type { INestApplication } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADAPTERS, startFlowApp, type AdapterName, type FlowApp } from '../../helpers/flow/flow-app.js';
import { attemptOf, madeUpState, returning, sql } from '../../helpers/flow/observe.js';
import { start, visitWebview } from '../../helpers/flow/person.js';

/** `name=value; Path=/; …` as a set of attributes in lower case. */
function attributesOf(setCookie: string): { name: string; value: string; rest: string[] } {
  const [pair = '', ...rest] = setCookie.split(';').map((part) => part.trim());
  const [name = '', value = ''] = pair.split('=');
  return { name, value, rest: rest.map((part) => part.toLowerCase()).sort() };
}

/** A host that sets a cookie of its own before any controller runs, as its adapter would have it. */
function setsACookie(adapter: AdapterName): (nest: INestApplication) => void {
  return (nest) => {
    if (adapter === 'express') {
      nest.use((_: unknown, response: ServerResponse, next: () => void) => {
        response.setHeader('set-cookie', 'host=1; Path=/');
        next();
      });
    } else {
      (nest as NestFastifyApplication)
        .getHttpAdapter()
        .getInstance()
        .addHook('onRequest', (_, reply, done) => {
          reply.header('set-cookie', 'host=1; Path=/');
          done();
        });
    }
  };
}

async function attempts(app: FlowApp): Promise<number> {
  const [row] = await sql<{ count: number }>(app, 'SELECT count(*)::int AS count FROM powens_attempt');
  return row?.count ?? 0;
}

describe.each(ADAPTERS)('the binding cookie on %s', (adapter) => {
  let app: FlowApp;
  let https: FlowApp;

  beforeAll(async () => {
    app = await startFlowApp({ adapter });
    https = await startFlowApp({ adapter, like: app, options: { publicUrl: 'https://app.example.test' } });
  });

  afterAll(async () => {
    await https.stop();
    await app.close();
  });

  it('should be HttpOnly, Lax and 35 minutes long over http [OA-07, OA-25, A08]', async () => {
    const answer = await app.browser('ann').post('/connections/connect');
    const [cookie = '', ...others] = answer.headers.getSetCookie();
    expect(others).toEqual([]);
    const { name, value, rest } = attributesOf(cookie);
    expect(name).toBe('powens-binding');
    expect(value).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(rest).toEqual(['httponly', 'max-age=2100', 'path=/', 'samesite=lax']);
  });

  it.each(['POST', 'GET'])(
    'should be __Host-, Secure and without Domain over https, for %s [OA-07, A08]',
    async (method) => {
      const browser = https.browser('ann');
      const answer = await (method === 'POST'
        ? browser.post('/connections/connect')
        : browser.get('/connections/connect'));
      const { name, rest } = attributesOf(answer.headers.getSetCookie()[0] ?? '');
      expect(name).toBe('__Host-powens-binding');
      expect(rest).toEqual(['httponly', 'max-age=2100', 'path=/', 'samesite=lax', 'secure']);
    },
  );

  it('should take no cookie of the plain name over https: a sibling host could plant it [OA-07, A08]', async () => {
    const browser = https.browser('ann');
    const { url } = await start(browser);
    const state = new URL(url).searchParams.get('state') ?? '';
    const binding = browser.cookies.get('__Host-powens-binding') ?? '';
    const planted = https.browser('ann');
    planted.cookies.set('powens-binding', binding);
    expect((await planted.get(`/connections/callback?state=${state}&error=access_denied`)).status).toBe(400);
    expect((await browser.get(`/connections/callback?state=${state}&error=access_denied`)).status).toBe(303);
  });

  it('should be one for 50 attempts of a browser, of which the first still completes [OA-07, A09]', async () => {
    const { browser, callback, started } = await returning(app, 'bob');
    for (let count = 0; count < 49; count += 1) await start(browser);

    expect([...browser.cookies.keys()]).toEqual(['powens-binding']);
    expect(browser.cookieHeader().length).toBeLessThan(1024);
    expect((await browser.get(callback)).status).toBe(303);
    expect(await attemptOf(browser, started.attemptId)).toMatchObject({ error: null, status: 'connected' });
  });

  it('should be another one in each browser [OA-02]', async () => {
    const [one, two] = [app.browser('cleo'), app.browser('cleo')];
    await start(one);
    await start(two);
    expect(one.cookies.get('powens-binding')).not.toBe(two.cookies.get('powens-binding'));
  });

  it.each(['', 'short', 'a'.repeat(42), 'a'.repeat(44), '"><script>', `${'a'.repeat(43)}.x`])(
    'should be replaced when the browser sends %j, which is none of ours [OA-02, OA-07]',
    async (value) => {
      const browser = app.browser('dora');
      browser.cookies.set('powens-binding', value);
      const started = await start(browser);
      expect(browser.cookies.get('powens-binding')).toMatch(/^[A-Za-z0-9_-]{43}$/);
      expect(browser.cookies.get('powens-binding')).not.toBe(value);
      expect(started.attemptId).toBeTruthy();
    },
  );

  it('should survive beside a thousand other cookies, and be told from its neighbours’ names [OA-07, G03]', async () => {
    const { browser, callback } = await returning(app, 'emma');
    const binding = browser.cookies.get('powens-binding') ?? '';
    browser.cookies.set('xpowens-binding', madeUpState());
    browser.cookies.set('powens-binding2', madeUpState());
    for (let count = 0; count < 800; count += 1) browser.cookies.set(`c${count}`, 'v');
    expect(browser.cookies.get('powens-binding')).toBe(binding);
    expect((await browser.get(callback)).status).toBe(303);
  });

  it('should stand beside a cookie of the host on the same answer [OA-07]', async () => {
    const host = await startFlowApp({
      adapter,
      like: app,
      prepare: setsACookie(adapter),
    });
    const answer = await host.browser('finn').post('/connections/connect');
    expect(
      answer.headers
        .getSetCookie()
        .map((cookie) => cookie.split('=')[0])
        .sort(),
    ).toEqual(['host', 'powens-binding']);
    await host.stop();
  });

  it('should let nobody start without signing in, nor past a guard [OA-04]', async () => {
    const before = await attempts(app);
    const nobody = await app.browser(null).post('/connections/connect');
    expect(nobody.status).toBe(401);
    expect(nobody.json()).toMatchObject({ code: 'unauthenticated' });
    const blocked = await app.browser('gus').get('/connections/connect', { 'x-blocked': '1' });
    expect(blocked.status).toBe(403);
    expect(blocked.json()).toMatchObject({ code: 'forbidden' });
    expect(await attempts(app)).toBe(before);
    await visitWebview(app, (await start(app.browser('gus'))).url);
  });
});
