import { describe, expect, it } from 'vitest';
import type { FlowApp } from '../../helpers/flow/flow-app.js';
import { useFlowApp } from '../../helpers/flow/use-flow-app.js';
import { connectionsOf } from '../../helpers/flow/lifecycle.js';
import {
  attemptOf,
  connectedOwner,
  EXCHANGE,
  exchanges,
  orphanTokens,
  plant,
  returning,
  sql,
} from '../../helpers/flow/observe.js';
import { start, until, visitWebview } from '../../helpers/flow/person.js';
import { hold } from '../../helpers/flow/hold.js';

describe('a callback whose first process does not come to its end', () => {
  let app: FlowApp;

  // Only the callbacks of a test go on with an attempt here: the sweeper would, at a moment of its own.
  useFlowApp({ options: { lifecycle: { sweeper: false } } }, (opened) => {
    app = opened;
  });

  async function endLease(attemptId: string): Promise<void> {
    await until(async () => {
      const moved = await sql(
        app,
        `UPDATE powens_attempt SET lease_expires_at = now() WHERE id = $1 AND status = 'claimed' RETURNING 1`,
        [attemptId],
      );
      return JSON.stringify(moved).includes('1');
    });
  }

  it('should be finished by a reload where no code is exchanged, once, even when the first one wakes up [K06]', async () => {
    const browser = await connectedOwner(app, 'anna');
    const { url, attemptId } = await start(browser);
    const callback = await visitWebview(app, url);
    const reading = await hold(app, { method: 'GET', path: '/users/me/connections/*' });
    const stalled = browser.get(callback);
    await reading.arrived();
    await endLease(attemptId);
    expect(await attemptOf(browser, attemptId)).toMatchObject({ status: 'claimed' });

    expect((await browser.get(callback)).location).toBe(`/connections/attempts/${attemptId}`);
    const attempt = await attemptOf(browser, attemptId);
    expect(attempt.status).toBe('connected');
    await reading.release();
    expect((await stalled).status).toBeGreaterThanOrEqual(300);

    expect(await attemptOf(browser, attemptId)).toEqual(attempt);
    expect((await connectionsOf(browser)).map(({ id }) => id)).toContain(attempt.connectionIds[0]);
    expect(await connectionsOf(browser)).toHaveLength(2);
    await until(() => app.events.some((event) => event.attemptId === attemptId));
    const rows = await sql(app, `SELECT type FROM powens_outbox WHERE payload LIKE $1`, [`%${attemptId}%`]);
    expect(rows).toEqual([{ type: 'connection.created' }]);
  });

  it('should exchange its code once more for a reload, and never a third time [N11, N13, RL-01]', async () => {
    const { browser, started, callback } = await returning(app, 'ben');
    const before = exchanges(app);
    const exchange = await hold(app, EXCHANGE);
    const stalled = browser.get(callback);
    await exchange.arrived();
    await endLease(started.attemptId);

    // The first exchange has not been processed yet: the second one is answered.
    expect((await browser.get(callback)).status).toBe(303);
    const attempt = await attemptOf(browser, started.attemptId);
    expect(attempt.status).toBe('connected');

    // The first process is refused the code by now, and must end nothing that the second one holds.
    await exchange.release();
    expect((await stalled).status).toBe(303);
    expect(exchanges(app)).toBe(before + 2);
    expect(await attemptOf(browser, started.attemptId)).toEqual(attempt);
    expect(await connectionsOf(browser)).toHaveLength(1);
    expect(await orphanTokens(app)).toEqual([]);
    const rows = await sql(app, `SELECT type FROM powens_outbox WHERE payload LIKE $1`, [
      `%${started.attemptId}%`,
    ]);
    expect(rows).toEqual([{ type: 'connection.created' }]);
  });

  it('should end unknown when the first exchange had used the code up, unless its token comes late [N13]', async () => {
    const { browser, started, callback } = await returning(app, 'cleo');
    const before = exchanges(app);
    await plant(app, { kind: 'after', method: 'POST', path: '/auth/token/access' });
    expect((await browser.get(callback)).status).toBe(303);
    expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'claimed', error: null });
    expect((await browser.get(callback)).status).toBe(303);
    expect(await attemptOf(browser, started.attemptId)).toMatchObject({
      status: 'unknown',
      error: 'outcome_unknown',
    });
    expect(exchanges(app)).toBe(before + 2);
    expect((await browser.get(callback)).status).toBe(303);
    expect(exchanges(app)).toBe(before + 2);
    await until(() => app.events.some((event) => event.attemptId === started.attemptId));
    expect(app.events.filter((event) => event.attemptId === started.attemptId)).toMatchObject([
      { type: 'attempt.failed', data: { status: 'unknown', error: 'outcome_unknown' } },
    ]);
  });
});
