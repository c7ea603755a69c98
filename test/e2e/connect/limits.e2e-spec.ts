import { describe, expect, it } from 'vitest';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { useFlowApp } from '../../helpers/flow/use-flow-app.js';
import { hold } from '../../helpers/flow/hold.js';
import {
  attemptOf,
  connectedOwner,
  EXCHANGE,
  exchanges,
  outbound,
  returning,
  sql,
} from '../../helpers/flow/observe.js';
import { start } from '../../helpers/flow/person.js';

describe('limits of what one owner and one browser may ask for', () => {
  let app: FlowApp;

  useFlowApp(
    {
      options: {
        limits: { pendingAttempts: 3, callbacksPerMinute: 2000 },
        outbox: { relay: false },
        lifecycle: { sweeper: false },
      },
    },
    (opened) => {
      app = opened;
    },
  );

  async function pendingOf(user: string): Promise<number> {
    const rows = await sql(app, `SELECT 1 FROM powens_attempt WHERE owner_id = $1 AND status = 'pending'`, [
      user,
    ]);
    return rows.length;
  }

  it('should answer a start beyond the pending ones of an owner 429, with the time to wait, and store nothing [N26]', async () => {
    // Every start from another browser: the owner is what they have in common.
    for (let count = 0; count < 3; count += 1) await start(app.browser('ann'));
    const turned = await app.browser('ann').post('/connections/connect', {});
    expect(turned.status).toBe(429);
    expect(turned.json()).toMatchObject({ code: 'rate_limited' });
    const seconds = Number(turned.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(35 * 60);
    expect(await pendingOf('ann')).toBe(3);
  });

  it('should count a browser over all its owners [N26]', async () => {
    const browser = app.browser('ben');
    for (let count = 0; count < 3; count += 1) await start(browser);
    const same = app.browser('cleo');
    for (const [name, value] of browser.cookies) same.cookies.set(name, value);
    expect((await same.post('/connections/connect', {})).status).toBe(429);
    expect((await app.browser('cleo').post('/connections/connect', {})).status).toBe(201);
  });

  it('should ask Powens for nothing beyond the limit, whatever flow is started [N26]', async () => {
    const owner = await connectedOwner(app, 'dora');
    const [{ id }] = (await owner.get('/connections')).json<{ items: [{ id: string }] }>().items;
    for (let count = 0; count < 3; count += 1) await start(owner);
    const before = outbound(app).length;
    for (const path of ['/connections/connect', '/connections/manage', `/connections/${id}/reconnect`]) {
      expect((await owner.post(path, {})).status).toBe(429);
    }
    expect(outbound(app).length).toBe(before);
  });

  it('should make room when an attempt ends or expires [N26]', async () => {
    const { browser, callback } = await returning(app, 'emil');
    await start(browser);
    await start(browser);
    expect((await browser.post('/connections/connect', {})).status).toBe(429);
    await browser.get(callback);
    expect((await browser.post('/connections/connect', {})).status).toBe(201);
    await sql(app, `UPDATE powens_attempt SET expires_at = now() WHERE owner_id = 'emil'`);
    expect((await browser.post('/connections/connect', {})).status).toBe(201);
  });

  it('should send every repeat of a claimed callback to the same place [N25]', async () => {
    const { browser, callback, started } = await returning(app, 'fay');
    const exchange = await hold(app, EXCHANGE);
    const before = exchanges(app);
    const first = browser.get(callback);
    await exchange.arrived();
    const repeats = Promise.all(Array.from({ length: 200 }, async () => browser.get(callback)));
    const answers = await repeats;
    expect(new Set(answers.map(({ status, location }) => `${status} ${location}`))).toEqual(
      new Set([`303 /connections/attempts/${started.attemptId}`]),
    );
    expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'claimed' });
    await exchange.release();
    expect((await first).status).toBe(303);
    expect(exchanges(app)).toBe(before + 1);
    expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'connected' });
  });
});

describe('callbacks of one browser', () => {
  it('should be answered 429 beyond the limit, with the attempt left as it is [N26, OA-13]', async () => {
    const app = await startFlowApp({ options: { limits: { callbacksPerMinute: 3 } } });
    const { browser, callback, started } = await returning(app, 'ann');
    for (let count = 0; count < 3; count += 1) {
      expect((await browser.get(`/connections/callback?state=${'a'.repeat(43)}`)).status).toBe(400);
    }
    const turned = await browser.get(callback);
    expect(turned.status).toBe(429);
    expect(Number(turned.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'pending' });
    // Another browser is not held up.
    const other = await returning(app, 'ben');
    expect((await other.browser.get(other.callback)).status).toBe(303);
    await app.close();
  });
});
