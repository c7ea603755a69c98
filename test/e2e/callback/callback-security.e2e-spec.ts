import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { HOSTS, startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { useFlowApp } from '../../helpers/flow/use-flow-app.js';
import {
  attemptOf,
  exchanges,
  expire,
  madeUpState,
  orphanTokens,
  outbound,
  returning,
  snapshot,
  sql,
  told,
  withParameter,
} from '../../helpers/flow/observe.js';
import { connect, start, until } from '../../helpers/flow/person.js';
import { rounds } from '../../helpers/sweeps.js';

const GUESSES = rounds(100, 300);
const THEFTS = rounds(10, 50);

const BAD_STATES: readonly (readonly [what: string, query: string])[] = [
  ['no query at all', ''],
  ['no state', '?code=abc'],
  ['an empty state', '?code=abc&state='],
  ['42 characters', `?code=abc&state=${'a'.repeat(42)}`],
  ['44 characters', `?code=abc&state=${'a'.repeat(44)}`],
  ['standard base64', `?code=abc&state=${'a'.repeat(42)}%2B`],
  ['padding', `?code=abc&state=${'a'.repeat(42)}%3D`],
  ['a NUL', `?code=abc&state=${'a'.repeat(42)}%00`],
  ['a line feed at its end', `?code=abc&state=${'a'.repeat(43)}%0A`],
  ['full-width letters', `?code=abc&state=${encodeURIComponent('ａ'.repeat(43))}`],
  ['a uuid', '?code=abc&state=01985c3e-7f3a-7c11-9a4e-0f6f3b1f2a77'],
  ['SQL', `?code=abc&state=${encodeURIComponent("' OR 1=1 --".padEnd(43, 'a'))}`],
];

describe.each(HOSTS)('who may use a state, on %s', (adapter) => {
  let app: FlowApp;
  let serial = 0;
  const newUser = (): string => `user-${(serial += 1)}`;

  useFlowApp({ adapter }, (opened) => {
    app = opened;
  });

  it.each(BAD_STATES)(
    'should refuse %s, ask Powens nothing and write nothing [OA-01, OA-08, A01]',
    async (_, query) => {
      const { browser } = await returning(app, newUser());
      const calls = outbound(app).length;
      const rows = await snapshot(app);

      const answer = await browser.get(`/connections/callback${query}`);

      expect(answer.status).toBe(400);
      expect(answer.json()).toMatchObject({ code: 'callback_refused', status: 400 });
      expect(outbound(app)).toHaveLength(calls);
      expect(await snapshot(app)).toEqual(rows);
    },
  );

  it(`should refuse made-up states without one call to Powens, ${GUESSES} of them [OA-09, A01, A10]`, async () => {
    const { browser, callback, started } = await returning(app, newUser());
    const calls = outbound(app).length;
    const rows = await snapshot(app);

    const guesses = Array.from({ length: GUESSES }, async () =>
      browser.get(`/connections/callback?code=${randomBytes(9).toString('hex')}&state=${madeUpState()}`),
    );
    const answers = await Promise.all(guesses);

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([400]));
    expect(outbound(app)).toHaveLength(calls);
    expect(await snapshot(app)).toEqual(rows);
    await browser.get(callback);
    expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'connected' });
  });

  it('should refuse a browser without the cookie, and then let the right one in [OA-02, OA-05, A03]', async () => {
    const { browser, callback, started } = await returning(app, newUser());
    const rows = await snapshot(app);

    const answer = await app.browser(browser.user).get(callback);

    expect(answer.status).toBe(400);
    expect(await snapshot(app)).toEqual(rows);
    expect((await browser.get(callback)).status).toBe(303);
    expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'connected' });
  });

  it('should refuse state and code opened in a victim’s browser: login CSRF [OA-02, A04]', async () => {
    const attacker = await returning(app, newUser());
    const victim = await returning(app, newUser());
    const before = exchanges(app);

    for (const browser of [victim.browser, app.browser(null)]) {
      expect((await browser.get(attacker.callback)).status).toBe(400);
    }

    expect(exchanges(app)).toBe(before);
    for (const { browser, callback, started } of [victim, attacker]) {
      expect((await browser.get(callback)).status).toBe(303);
      expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'connected' });
    }
  });

  it('should refuse another user signed in in the same browser: session fixation [OA-03, A05]', async () => {
    const { browser, callback, started } = await returning(app, newUser());
    const before = exchanges(app);
    const rows = await snapshot(app);

    const answer = await browser.get(callback, { 'x-user': 'somebody-else' });

    expect(answer.status).toBe(400);
    expect(exchanges(app)).toBe(before);
    expect(await snapshot(app)).toEqual(rows);
    expect(app.logger.lines.some((line) => line.includes('foreign_principal'))).toBe(true);
    expect((await browser.get(callback)).status).toBe(303);
    expect((await browser.get(callback, { 'x-user': 'somebody-else' })).status).toBe(400);
    expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'connected' });
  });

  // Own routes name the principal by themselves.
  it.skipIf(adapter.endsWith('own routes'))(
    'should not take a tenant for another one of the same owner id [OA-03, OA-16, A05]',
    async () => {
      const owner = {
        resolveOwner: () => ({ id: 'ann', tenant: 'one' }),
        resolvePrincipal: () => ({ id: 'ann', tenant: 'two' }),
      };
      const other = await startFlowApp({ adapter, like: app, options: { owner } });
      const { browser, callback } = await returning(other, 'ann');
      expect((await browser.get(callback)).status).toBe(400);
      await other.stop();
    },
  );

  it(`should let the right browser win against wrong cookies, ${THEFTS} times of ${THEFTS} [OA-05, A07]`, async () => {
    const before = exchanges(app);
    for (let round = 0; round < THEFTS; round += 1) {
      const { browser, callback } = await returning(app, newUser());
      const thief = app.browser(browser.user);
      thief.cookies.set('powens-binding', madeUpState());
      const wrong = Array.from({ length: 6 }, async () => thief.get(callback));
      const right = browser.get(callback);
      const late = Array.from({ length: 6 }, async () => thief.get(callback));
      expect((await right).status).toBe(303);
      const statuses = (await Promise.all([...wrong, ...late])).map(({ status }) => status);
      expect(new Set(statuses)).toEqual(new Set([400]));
    }
    expect(exchanges(app)).toBe(before + THEFTS);
    expect(await orphanTokens(app)).toEqual([]);
  });

  it('should answer the same bytes to unknown, expired, foreign and spent states [OA-24, A29]', async () => {
    const spent = await returning(app, newUser());
    await spent.browser.get(spent.callback);
    const expired = await returning(app, newUser());
    await expire(app, expired.started.attemptId);
    const foreign = await returning(app, newUser());
    const { browser } = await returning(app, newUser());
    const unknown = `/connections/callback?connection_id=1&code=abc&state=${madeUpState()}`;

    const answers = [
      told(await browser.get(unknown)),
      told(await expired.browser.get(expired.callback)),
      told(await browser.get(foreign.callback)),
      told(await browser.get(spent.callback)),
      told(await app.browser(null).get(spent.callback)),
      told(await spent.browser.get(withParameter(spent.callback, 'code', 'another'))),
      told(await foreign.browser.get(foreign.callback, { 'x-user': 'somebody-else' })),
      told(await browser.get('/connections/callback?state=short')),
    ];

    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(answers[0]?.status).toBe(400);
  });

  it('should refuse an attempt whose time is over, without an exchange, and call it expired [OA-05, OA-25, A30]', async () => {
    const { browser, callback, started } = await returning(app, newUser());
    await expire(app, started.attemptId);
    const before = exchanges(app);

    expect((await browser.get(callback)).status).toBe(400);

    expect(exchanges(app)).toBe(before);
    expect(await attemptOf(browser, started.attemptId)).toMatchObject({
      status: 'expired',
      error: 'attempt_expired',
    });
    expect((await connect(app, browser)).landed.status).toBe(303);
  });

  it('should keep an attempt for 35 minutes by the clock of the database [OA-25, RL-24, A30]', async () => {
    const { started } = await returning(app, newUser());
    const [row] = await sql<{ seconds: number }>(
      app,
      'SELECT extract(epoch FROM expires_at - created_at)::int AS seconds FROM powens_attempt WHERE id = $1',
      [started.attemptId],
    );
    expect(row?.seconds).toBe(35 * 60);
  });

  it('should not complete an attempt of another provider instance [OA-16, A19]', async () => {
    const { browser, callback, started } = await returning(app, newUser());
    const other = await startFlowApp({ adapter, like: app, extras: { instance: 'other' } });
    const same = other.browser(browser.user);
    for (const [name, value] of browser.cookies) same.cookies.set(`${name}-other`, value);

    expect((await same.get(callback)).status).toBe(400);
    await other.stop();

    expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'pending' });
    expect((await browser.get(callback)).status).toBe(303);
  });

  it('should store the state, the binding and the code as digests only [OA-01, OA-02, RL-20]', async () => {
    const browser = app.browser(newUser());
    const first = await start(browser);
    const [row] = await sql<Record<'state_hash' | 'binding_hash', Buffer>>(
      app,
      'SELECT * FROM powens_attempt WHERE id = $1',
      [first.attemptId],
    );
    expect(row?.state_hash).toHaveLength(32);
    expect(row?.binding_hash).toHaveLength(32);
    const { started } = await connect(app, browser);
    await until(() => app.events.some(({ attemptId }) => attemptId === started.attemptId));
    const text = JSON.stringify([app.events, app.logger.lines]);
    for (const secret of [
      ...browser.cookies.values(),
      ...app.sandbox.ledger().tokens.map(({ token }) => token),
    ]) {
      expect(text).not.toContain(secret);
    }
  });
});
