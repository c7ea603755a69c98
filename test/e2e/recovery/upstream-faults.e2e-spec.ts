import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startFlowApp, startImpatient, type FlowApp } from '../../helpers/flow/flow-app.js';
import {
  attemptOf,
  clearFaults,
  EXCHANGE,
  exchanges,
  orphanTokens,
  plant,
  returning,
} from '../../helpers/flow/observe.js';
import { LOST, REFUSED, TURNED_AWAY } from '../../helpers/upstream/exchange-faults.js';
import { connect, until } from '../../helpers/flow/person.js';

/** One fault for each error that may come of it. */
const ONE_OF_EACH = [...new Map(LOST.map((fault) => [fault[3], fault])).values()];

describe('an exchange that goes wrong', () => {
  let app: FlowApp;
  let impatient: FlowApp;
  let serial = 0;
  const newUser = (): string => `user-${(serial += 1)}`;

  beforeAll(async () => {
    // Only the callbacks of a test go on with an attempt here: the sweeper would, at a moment of its own.
    app = await startFlowApp({ options: { attemptLifetimeMinutes: 60, lifecycle: { sweeper: false } } });
    impatient = await startImpatient(app);
  });

  afterEach(async () => {
    await clearFaults(app);
  });

  afterAll(async () => {
    await impatient.stop();
    await app.close();
  });

  async function failures(attemptId: string): Promise<unknown[]> {
    await until(() => app.events.some((event) => event.attemptId === attemptId));
    return app.events
      .filter((event) => event.attemptId === attemptId)
      .map(({ type, data }) => ({ type, data }));
  }

  it.each(REFUSED)(
    'should be sent once and end for good after %s [RL-05, RL-15, U01-U08]',
    async (_, fault, status, error) => {
      const { browser, callback, started } = await returning(app, newUser());
      await plant(app, { ...EXCHANGE, ...fault });
      const before = exchanges(app);

      const landed = await browser.get(callback);

      expect(landed.status).toBe(303);
      expect(exchanges(app)).toBe(before + 1);
      expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status, error, connectionIds: [] });
      expect(await failures(started.attemptId)).toEqual([
        { type: 'attempt.failed', data: { flow: 'connect', status, error } },
      ]);
      await clearFaults(app);
      expect((await browser.get(callback)).location).toBe(landed.location);
      expect(exchanges(app)).toBe(before + 1);
      expect(await orphanTokens(app)).toEqual([]);
      expect(({} as Record<string, unknown>)['access_token']).toBeUndefined();
    },
  );

  it.each(LOST)(
    'should keep the attempt and the code after %s, and exchange it once more for a reload [N11, RL-04, U01-U08]',
    async (_, fault) => {
      const { browser, callback, started } = await returning(app, newUser());
      await plant(app, { ...EXCHANGE, ...fault });
      const before = exchanges(app);

      const landed = await (fault.kind === 'timeout' ? browser.at(impatient.url) : browser).get(callback);

      expect(landed.status).toBe(303);
      expect(exchanges(app)).toBe(before + 1);
      expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'claimed', error: null });
      await clearFaults(app);
      expect((await browser.get(callback)).location).toBe(landed.location);
      expect(exchanges(app)).toBe(before + 2);
      expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'connected', error: null });
      await until(() => app.events.some((event) => event.attemptId === started.attemptId));
      expect(await failures(started.attemptId)).toMatchObject([{ type: 'connection.created' }]);
      expect(await orphanTokens(app)).toEqual([]);
    },
  );

  it.each(ONE_OF_EACH)(
    'should end unknown after %s twice, and send the code never again [N11, RL-01, RL-05, RL-15]',
    async (_, fault, status, error) => {
      const { browser, callback, started } = await returning(app, newUser());
      await plant(app, { ...EXCHANGE, ...fault, times: 2 });
      const before = exchanges(app);
      await browser.get(callback);
      await browser.get(callback);

      expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status, error, connectionIds: [] });
      expect(await failures(started.attemptId)).toEqual([
        { type: 'attempt.failed', data: { flow: 'connect', status, error } },
      ]);
      await clearFaults(app);
      expect((await browser.get(callback)).status).toBe(303);
      expect(exchanges(app)).toBe(before + 2);
      expect(await orphanTokens(app)).toEqual([]);
      expect(({} as Record<string, unknown>)['access_token']).toBeUndefined();
    },
  );

  // Processed, and the answer lost with the token in it: nobody can revoke what nobody knows (section 7 of the study).
  it.each([{ kind: 'after' }, { kind: 'truncate' }] as const)(
    'should find out that the code was used up when the answer got lost: $kind [N11, W2, U03]',
    async (fault) => {
      const { browser, callback, started } = await returning(app, newUser());
      await plant(app, { ...EXCHANGE, ...fault });
      const before = exchanges(app);
      expect((await browser.get(callback)).status).toBe(303);
      expect(exchanges(app)).toBe(before + 1);
      expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'claimed', error: null });
      expect((await browser.get(callback)).status).toBe(303);
      expect(exchanges(app)).toBe(before + 2);
      expect(await attemptOf(browser, started.attemptId)).toMatchObject({
        status: 'unknown',
        error: 'outcome_unknown',
      });
      expect(await failures(started.attemptId)).toHaveLength(1);
      const lost = app.sandbox.ledger().tokens.findLast(({ revoked }) => !revoked);
      await fetch(`${app.sandbox.url}/2.0/auth/token`, {
        method: 'DELETE',
        headers: { authorization: `Bearer ${lost?.token}` },
      });
      // A person can begin again.
      expect((await connect(app, browser)).landed.status).toBe(303);
      expect(await orphanTokens(app)).toEqual([]);
    },
  );

  it.each([
    ['429 with Retry-After 60', { kind: 'status', status: 429 }, 1],
    ['429 with Retry-After 86400', { kind: 'status', status: 429, headers: { 'retry-after': '86400' } }, 1],
    ['429 with Retry-After 0', { kind: 'status', status: 429, headers: { 'retry-after': '0' } }, 3],
    ['429 with Retry-After -1', { kind: 'status', status: 429, headers: { 'retry-after': '-1' } }, 3],
    ['429 with Retry-After abc', { kind: 'status', status: 429, headers: { 'retry-after': 'abc' } }, 3],
    ['503 with Retry-After 60', { kind: 'status', status: 503, headers: { 'retry-after': '60' } }, 1],
  ] as const)('should give the attempt back after %s [RL-13, RL-16, U09]', async (_, fault, tries) => {
    const { browser, callback, started } = await returning(app, newUser());
    await plant(app, { ...EXCHANGE, ...fault, times: 50 });
    const before = exchanges(app);

    const turned = await browser.get(callback);

    expect(turned.status).toBe(503);
    expect(turned.json()).toMatchObject({ code: 'powens_unreachable' });
    expect(Number(turned.headers.get('retry-after') ?? '0')).toBeLessThanOrEqual(60);
    expect(exchanges(app)).toBe(before + tries);
    expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'pending', error: null });
    expect((await app.browser(browser.user).get(callback)).status).toBe(400);
    await clearFaults(app);
    expect((await browser.get(callback)).status).toBe(303);
    expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'connected' });
    await until(() => app.events.some((event) => event.attemptId === started.attemptId));
    expect(app.events.filter((event) => event.attemptId === started.attemptId)).toHaveLength(1);
  });

  it.each(TURNED_AWAY)(
    'should give the attempt back after %s, which says nothing about the code [U13, RL-13]',
    async (_, fault) => {
      const { browser, callback, started } = await returning(app, newUser());
      await plant(app, { ...EXCHANGE, ...fault, times: 50 });
      const before = exchanges(app);
      const turned = await browser.get(callback);
      expect(turned.status).toBe(502);
      expect(turned.json()).toMatchObject({ code: 'powens_refused' });
      expect(exchanges(app)).toBe(before + 1);
      expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'pending', error: null });
      await clearFaults(app);
      expect((await browser.get(callback)).status).toBe(303);
      expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'connected' });
      expect(await orphanTokens(app)).toEqual([]);
    },
  );

  it('should try again by itself when Powens only asks for a moment [RL-05, U09]', async () => {
    const { browser, callback, started } = await returning(app, newUser());
    await plant(app, { ...EXCHANGE, kind: 'status', status: 429, headers: { 'retry-after': '1' } });
    const before = exchanges(app);
    expect((await browser.get(callback)).status).toBe(303);
    expect(exchanges(app)).toBe(before + 2);
    expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'connected' });
  });

  it('should keep the attempt while no process listens at the address of Powens [RL-13, U01]', async () => {
    // Its own database without a Powens user: one that is stored belongs to the address that it was made at.
    const own = await startFlowApp({});
    const { browser, callback, started } = await returning(own, newUser());
    const options = {
      powens: {
        ...own.sandbox.client,
        apiUrl: 'http://127.0.0.1:9',
        webviewUrl: own.sandbox.url,
        totalTimeoutMs: 1500,
      },
    };
    const cut = await startFlowApp({ like: own, options });
    const turned = await browser.at(cut.url).get(callback);
    await cut.stop();

    expect(turned.status).toBe(503);
    expect(turned.text).not.toContain('127.0.0.1');
    expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'pending' });
    expect((await browser.get(callback)).status).toBe(303);
    await own.close();
  });
});
