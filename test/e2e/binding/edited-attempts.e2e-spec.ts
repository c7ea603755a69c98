import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from '../../helpers/flow/browser.js';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { connected } from '../../helpers/flow/lifecycle.js';
import {
  attemptOf,
  clearFaults,
  connectedOwner,
  outbound,
  plant,
  returning,
  sql,
  type Returning,
} from '../../helpers/flow/observe.js';
import { start, until, visitWebview } from '../../helpers/flow/person.js';

const READ = { method: 'GET', path: '/users/me/connections*' } as const;

/** What somebody who can write to the database would change, to get at the bank of another person. */
const EDITS = [
  `owner_id = 'mallory'`,
  `tenant = 'elsewhere'`,
  `connected_by = 'mallory'`,
  `return_to = 'https://evil.test/'`,
  `redirect_uri = 'https://evil.test/callback'`,
  `flow = 'manage'`,
  `connection_id = gen_random_uuid()`,
  `metadata = '{"project":"of-mallory"}'`,
  `expects_code = NOT expects_code`,
  `authenticator = NULL`,
  `authenticator = replace(authenticator, 'aa1.', 'pa1.')`,
  `authenticator = (SELECT authenticator FROM powens_attempt other WHERE other.id <> powens_attempt.id
    AND other.authenticator IS NOT NULL LIMIT 1)`,
] as const;

describe('an attempt whose row was edited in the database', () => {
  let app: FlowApp;
  let serial = 0;
  const newUser = (): string => `user-${(serial += 1)}`;

  beforeAll(async () => {
    app = await startFlowApp({ options: { lifecycle: { sweepIntervalMs: 50 } } });
    await connectedOwner(app, 'mallory');
  });

  afterEach(async () => {
    await clearFaults(app);
  });

  afterAll(async () => {
    await app.close();
  });

  const edit = async (id: string, change: string): Promise<void> => {
    await sql(app, `UPDATE powens_attempt SET ${change} WHERE id = $1`, [id]);
  };

  const rowOf = async (id: string): Promise<Record<string, unknown> | undefined> =>
    (
      await sql(
        app,
        `SELECT status, error_code, sealed_code, sealed_token, connection_ids FROM powens_attempt WHERE id = $1`,
        [id],
      )
    )[0];

  const REFUSED = {
    status: 'failed',
    error_code: 'token_tampered',
    sealed_code: null,
    sealed_token: null,
    connection_ids: '[]',
  };

  /** The same browser where nobody is signed in: nothing but the row says whose attempt it is. */
  const signedOut = (browser: Browser): Browser => {
    const same = app.browser(null);
    for (const [name, value] of browser.cookies) same.cookies.set(name, value);
    return same;
  };

  /** A visit whose token is kept with the attempt, and that no process goes on with by now. */
  const interrupted = async (): Promise<Returning> => {
    const visit = await returning(app, newUser());
    await plant(app, { ...READ, kind: 'status', status: 500, times: 500 });
    await visit.browser.get(visit.callback);
    await edit(visit.started.attemptId, `lease_expires_at = now() + interval '1 hour'`);
    await until(
      async () =>
        (
          await sql(
            app,
            `SELECT 1 FROM powens_attempt WHERE id = $1 AND lease_expires_at > now() + interval '50 minutes'
              AND sealed_token IS NOT NULL AND lease_token IS NULL`,
            [visit.started.attemptId],
          )
        ).length === 1,
    );
    await clearFaults(app);
    return visit;
  };

  it.each(EDITS)(
    'should be refused at its callback, with nothing sent to Powens: %s [N3, TC-27]',
    async (change) => {
      const { browser, callback, started } = await returning(app, newUser());
      await edit(started.attemptId, change);
      const calls = outbound(app).length;
      const landed = await signedOut(browser).get(callback);
      expect(landed.status).toBe(303);
      expect(landed.location).toBe(`/connections/attempts/${started.attemptId}`);
      expect(await rowOf(started.attemptId)).toEqual(REFUSED);
      expect((await signedOut(browser).get(callback)).location).toBe(landed.location);
      expect(outbound(app)).toHaveLength(calls);
    },
  );

  it.each(['owner_id', 'tenant', 'connection_id'] as const)(
    'should be refused by the sweeper, with nothing sent to Powens, when its %s was edited after the token was kept [N3, N11]',
    async (column) => {
      const { started } = await interrupted();
      const calls = outbound(app).length;
      const value = column === 'connection_id' ? 'gen_random_uuid()' : `'mallory'`;
      await edit(started.attemptId, `${column} = ${value}, lease_expires_at = now()`);
      await until(async () => (await rowOf(started.attemptId))?.['status'] === 'failed');
      expect(await rowOf(started.attemptId)).toEqual(REFUSED);
      expect(outbound(app)).toHaveLength(calls);
    },
  );

  it('should be completed when it is put right before anybody comes [N3]', async () => {
    const { browser, started } = await interrupted();
    await edit(started.attemptId, `owner_id = 'mallory'`);
    await edit(started.attemptId, `owner_id = '${browser.user}', lease_expires_at = now()`);
    await until(async () => (await attemptOf(browser, started.attemptId)).status === 'connected');
  });

  it.each(['owner_id', 'connection_id'] as const)(
    'should be refused at the callback of a repair whose %s was edited [N3]',
    async (column) => {
      const { browser, connection } = await connected(app, newUser());
      const answer = await browser.post(`/connections/${connection.id}/reconnect`);
      const { url, attemptId } = answer.json<{ url: string; attemptId: string }>();
      const callback = await visitWebview(app, url);
      const value = column === 'owner_id' ? `'mallory'` : 'gen_random_uuid()';
      await edit(attemptId, `${column} = ${value}`);
      const calls = outbound(app).length;
      await signedOut(browser).get(callback);
      expect(await rowOf(attemptId)).toEqual(REFUSED);
      expect(outbound(app)).toHaveLength(calls);
    },
  );

  it("should not give the state of one's own attempt the owner of another person's [N3]", async () => {
    const mallory = app.browser('mallory');
    const own = await start(mallory);
    const visit = await interrupted();
    // The victim's kept token under the attacker's attempt, and the attacker's owner under the victim's.
    await sql(
      app,
      `UPDATE powens_attempt own SET status = 'claimed', expects_code = true, sealed_token = victim.sealed_token,
        lease_expires_at = now() FROM powens_attempt victim WHERE own.id = $1 AND victim.id = $2`,
      [own.attemptId, visit.started.attemptId],
    );
    const calls = outbound(app).length;
    await until(async () => (await rowOf(own.attemptId))?.['status'] === 'failed');
    expect(outbound(app)).toHaveLength(calls);
    await edit(visit.started.attemptId, 'lease_expires_at = now()');
    await until(async () => (await attemptOf(visit.browser, visit.started.attemptId)).status === 'connected');
  });
});
