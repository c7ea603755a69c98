import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../../helpers/flow/browser.js';
import { HOSTS, startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import {
  attemptOf,
  clearFaults,
  connectedOwner,
  EXCHANGE,
  exchanges,
  orphanTokens,
  outbound,
  plant,
  returning,
  snapshot,
  without,
  withParameter,
} from '../../helpers/flow/observe.js';
import { connect, start, until, visitWebview } from '../../helpers/flow/person.js';

function landings(answers: readonly Answer[]): Set<string> {
  return new Set(answers.map(({ status, location }) => `${status} ${location}`));
}

async function told(app: FlowApp, attemptId: string): Promise<string[]> {
  await until(() => app.events.some((event) => event.attemptId === attemptId));
  // Long enough for a second one to arrive, had it been written: the relay looks every 100 ms.
  await new Promise((resolve) => setTimeout(resolve, 250));
  return app.events.filter((event) => event.attemptId === attemptId).map(({ type }) => type);
}

describe.each(HOSTS)('a callback that comes more than once, on %s', (adapter) => {
  let app: FlowApp;
  let replica: FlowApp;
  let serial = 0;
  const newUser = (): string => `user-${(serial += 1)}`;

  beforeAll(async () => {
    app = await startFlowApp({ adapter });
    replica = await startFlowApp({ adapter, like: app, options: { outbox: { relay: false } } });
  });

  afterAll(async () => {
    await replica.stop();
    await app.close();
  });

  it('should answer 20 reloads with the same result and one exchange [OA-05, OA-11, A02, A13]', async () => {
    const before = exchanges(app);
    const browser = app.browser(newUser());
    const { callback, landed, started } = await connect(app, browser);
    const again: Answer[] = [];
    for (let count = 0; count < 20; count += 1) again.push(await browser.get(callback));

    expect(landings([landed, ...again])).toEqual(new Set([`303 /connections/attempts/${started.attemptId}`]));
    expect(exchanges(app)).toBe(before + 1);
    expect(await told(app, started.attemptId)).toEqual(['connection.created']);
  });

  it('should exchange once for 100 parallel callbacks with one state [OA-05, OA-11, A02, K01]', async () => {
    const { browser, callback, started } = await returning(app, newUser());
    const before = exchanges(app);
    const connections = app.sandbox.ledger().connections.length;

    const answers = await Promise.all(Array.from({ length: 100 }, async () => browser.get(callback)));

    expect(landings(answers)).toEqual(new Set([`303 /connections/attempts/${started.attemptId}`]));
    expect(exchanges(app)).toBe(before + 1);
    expect(app.sandbox.ledger().connections).toHaveLength(connections);
    expect(await told(app, started.attemptId)).toEqual(['connection.created']);
    expect(await orphanTokens(app)).toEqual([]);
  });

  it('should exchange once for 100 parallel callbacks over two replicas, 3 times of 3 [OA-05, A02, K01]', async () => {
    for (let round = 0; round < 3; round += 1) {
      const { browser, callback, started } = await returning(app, newUser());
      const twin = replica.browser(browser.user);
      for (const [name, value] of browser.cookies) twin.cookies.set(name, value);
      const before = exchanges(app);

      const answers = await Promise.all(
        Array.from({ length: 100 }, async (_, index) => (index % 2 === 0 ? browser : twin).get(callback)),
      );

      expect(landings(answers)).toEqual(new Set([`303 /connections/attempts/${started.attemptId}`]));
      expect(exchanges(app)).toBe(before + 1);
      expect(await told(app, started.attemptId)).toEqual(['connection.created']);
    }
  });

  it('should do nothing twice for 50 parallel callbacks of an owner who has a token [OA-11, K01]', async () => {
    const owner = await connectedOwner(app, newUser());
    const started = await start(owner);
    const callback = await visitWebview(app, started.url);
    const before = exchanges(app);

    const answers = await Promise.all(Array.from({ length: 50 }, async () => owner.get(callback)));

    expect(landings(answers)).toEqual(new Set([`303 /connections/attempts/${started.attemptId}`]));
    expect(exchanges(app)).toBe(before);
    expect(await told(app, started.attemptId)).toEqual(['connection.created']);
    expect((await owner.get('/connections')).json<{ items: unknown[] }>().items).toHaveLength(2);
  });

  it.each([0, 30, 200, 500])(
    'should lead a double click after %i ms to the first one’s result [OA-11, A13]',
    async (delayMs) => {
      const { browser, callback, started } = await returning(app, newUser());
      await plant(app, { ...EXCHANGE, kind: 'delay', delayMs: 300 });
      const before = exchanges(app);

      const first = browser.get(callback);
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      const answers = await Promise.all([first, browser.get(callback), browser.get(callback)]);

      expect(landings(answers)).toEqual(new Set([`303 /connections/attempts/${started.attemptId}`]));
      expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'connected' });
      expect(exchanges(app)).toBe(before + 1);
    },
  );

  it('should give a second click the first one’s answer when Powens cannot be reached [OA-11, RL-13]', async () => {
    const { browser, callback, started } = await returning(app, newUser());
    await plant(app, { ...EXCHANGE, kind: 'status', status: 429, delayMs: 200, times: 20 });

    const answers = await Promise.all([0, 1, 2].map(async () => browser.get(callback)));
    await clearFaults(app);

    expect(answers.map(({ status }) => status)).toEqual([503, 503, 503]);
    expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'pending' });
    expect((await browser.get(callback)).status).toBe(303);
    expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'connected' });
  });

  it('should keep the first result when the state comes back with another code [OA-11, A14]', async () => {
    const { browser, callback, started } = await returning(app, newUser());
    const other = await returning(app, newUser());
    const code = new URL(other.callback, app.url).searchParams.get('code') ?? '';
    await browser.get(callback);
    const before = exchanges(app);
    const rows = await snapshot(app);

    const answer = await browser.get(withParameter(callback, 'code', encodeURIComponent(code)));

    expect(answer.status).toBe(400);
    expect(exchanges(app)).toBe(before);
    expect(await snapshot(app)).toEqual(rows);
    expect(app.logger.lines.some((line) => /^warn .*code_substitution/.test(line))).toBe(true);
    expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'connected' });
  });

  it.each([
    ['a HEAD', 'HEAD', {}],
    ['Sec-Purpose: prefetch', 'GET', { 'sec-purpose': 'prefetch' }],
    ['Sec-Purpose: prefetch;prerender', 'GET', { 'sec-purpose': 'prefetch;prerender' }],
    ['Purpose: prefetch', 'GET', { purpose: 'prefetch' }],
    ['X-Moz: prefetch', 'GET', { 'x-moz': 'prefetch' }],
  ])(
    'should leave the attempt alone for %s with the right cookie [OA-10, A11]',
    async (_, method, headers) => {
      const { browser, callback, started } = await returning(app, newUser());
      const before = exchanges(app);
      const rows = await snapshot(app);

      const answer = await browser.send(method, callback, headers);

      expect([204, 404, 405]).toContain(answer.status);
      expect(exchanges(app)).toBe(before);
      expect(await snapshot(app)).toEqual(rows);
      expect((await browser.get(callback)).status).toBe(303);
      expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'connected' });
    },
  );

  it.each(['HEAD', 'GET'])(
    'should not start an attempt for a %s that nobody meant [OA-10, A11]',
    async (method) => {
      const browser = app.browser(newUser());
      const rows = await snapshot(app);
      const headers = method === 'GET' ? { 'sec-purpose': 'prefetch' } : {};
      const answer = await browser.send(method, '/connections/connect', headers);
      expect(answer.status).not.toBe(303);
      expect(await snapshot(app)).toEqual(rows);
    },
  );

  it('should not exchange a code that comes with an error [OA-23, A28]', async () => {
    const { browser, callback, started } = await returning(app, newUser());
    const before = outbound(app).length;

    const answer = await browser.get(`${callback}&error=access_denied`);

    expect(answer.status).toBe(303);
    expect(outbound(app)).toHaveLength(before);
    expect(await attemptOf(browser, started.attemptId)).toMatchObject({
      status: 'denied',
      error: 'access_denied',
    });
    expect(await told(app, started.attemptId)).toEqual(['attempt.failed']);
    await browser.get(callback);
    expect(outbound(app)).toHaveLength(before);
    expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'denied' });
  });

  it('should not let a foreign browser end an attempt with an error [OA-22, A28]', async () => {
    const { browser, callback, started } = await returning(app, newUser());
    const cancelled = `${without(callback, 'code', 'connection_id')}&error=access_denied`;
    expect((await app.browser(newUser()).get(cancelled)).status).toBe(400);
    expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'pending' });
    expect((await browser.get(callback)).status).toBe(303);
  });
});
