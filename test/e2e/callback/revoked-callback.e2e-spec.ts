import { ConnectionsService } from 'nestjs-powens-connections';
import { describe, expect, it } from 'vitest';
import type { FlowApp } from '../../helpers/flow/flow-app.js';
import { useFlowApp } from '../../helpers/flow/use-flow-app.js';
import { hold } from '../../helpers/flow/hold.js';
import { connectionsOf, eventOf } from '../../helpers/flow/lifecycle.js';
import { attemptOf, orphanTokens, returning } from '../../helpers/flow/observe.js';

describe('a Powens user that is revoked around a server-first callback', () => {
  let app: FlowApp;

  useFlowApp(
    {
      options: { provisioning: 'server-first', lifecycle: { sweepIntervalMs: 50 } },
    },
    (opened) => {
      app = opened;
    },
  );

  it('should keep its connection when it is revoked at once after the callback [N39]', async () => {
    const { browser, callback, started } = await returning(app, 'ann');
    expect((await browser.get(callback)).status).toBe(303);
    await app.app.get(ConnectionsService).revokeToken('ann');
    expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'connected' });
    await eventOf(app, 'ann', 'connection.created');
    expect(await connectionsOf(browser)).toHaveLength(1);
    expect(await orphanTokens(app)).toEqual([]);
  });

  it('should not fail for good when it is revoked while its bank is read, and be completed by a reload [N39, TC-23]', async () => {
    const { browser, callback, started } = await returning(app, 'ben');
    const reading = await hold(app, { method: 'GET', path: '/users/me/connections*' });
    const landing = browser.get(callback);
    await reading.arrived();
    await app.app.get(ConnectionsService).revokeToken('ben');
    await reading.release();
    expect((await landing).status).toBe(502);
    expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'pending' });
    // A reload before the renewal says what is missing, and ends nothing.
    for (let reloads = 0; reloads < 2; reloads += 1) {
      const answer = await browser.get(callback);
      expect([answer.status, answer.json()]).toMatchObject([409, { code: 'not_connected' }]);
      expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'pending' });
    }
    await app.app.get(ConnectionsService).renewToken('ben');
    expect((await browser.get(callback)).status).toBe(303);
    expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'connected' });
    expect(await orphanTokens(app)).toEqual([]);
  });
});
