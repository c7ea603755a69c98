import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startFlowApp, type FlowApp } from '../helpers/flow/flow-app.js';
import {
  attemptOf,
  clearFaults,
  EXCHANGE,
  exchanges,
  orphanTokens,
  plant,
  returning,
  type PlantedFault,
} from '../helpers/flow/observe.js';
import { until } from '../helpers/flow/person.js';

/** What went wrong at the exchange, and what must have become of the attempt; every case sends the code once. */
type Case = readonly [
  what: string,
  fault: Omit<PlantedFault, 'method' | 'path'>,
  status: string,
  error: string,
];

const answer = (status: number, body: unknown, headers: Record<string, string> = {}): Case[1] => ({
  kind: 'status',
  status,
  body,
  headers,
});

const REFUSED: readonly Case[] = [
  ['400', { kind: 'status', status: 400 }, 'failed', 'code_refused'],
  ['401', { kind: 'status', status: 401 }, 'failed', 'powens_refused'],
  ['403', { kind: 'status', status: 403 }, 'failed', 'code_refused'],
  ['404', { kind: 'status', status: 404 }, 'failed', 'powens_refused'],
  ['500', { kind: 'status', status: 500 }, 'unknown', 'powens_failed'],
  ['502 without a body', answer(502, ''), 'unknown', 'powens_failed'],
  ['a page of the edge', { kind: 'html503' }, 'unknown', 'powens_failed'],
  ['silence', { kind: 'timeout' }, 'unknown', 'powens_timeout'],
  ['a reset', { kind: 'reset' }, 'unknown', 'powens_timeout'],
  ['a redirect', answer(302, '', { location: 'https://evil.test/' }), 'unknown', 'powens_response_invalid'],
  [
    'HTML with 200',
    answer(200, '<html></html>', { 'content-type': 'text/html' }),
    'unknown',
    'powens_response_invalid',
  ],
  ['half an object', answer(200, '{"access_token": "abc'), 'unknown', 'powens_response_invalid'],
  ['nothing', answer(200, ''), 'unknown', 'powens_response_invalid'],
  ['null', answer(200, 'null'), 'unknown', 'powens_response_invalid'],
  ['an array', answer(200, '[{"access_token":"abcdefgh"}]'), 'unknown', 'powens_response_invalid'],
  ['no token', answer(200, '{"token_type":"Bearer"}'), 'unknown', 'powens_response_invalid'],
  ['a number for a token', answer(200, '{"access_token": 12345678}'), 'unknown', 'powens_response_invalid'],
  ['an empty token', answer(200, '{"access_token": ""}'), 'unknown', 'powens_response_invalid'],
  ['blanks for a token', answer(200, '{"access_token": "   "}'), 'unknown', 'powens_response_invalid'],
  [
    'a token with a line break',
    answer(200, '{"access_token": "a\\r\\nX-Evil: 1"}'),
    'unknown',
    'powens_response_invalid',
  ],
  ['10 kB of token', answer(200, { access_token: 't'.repeat(10_000) }), 'unknown', 'powens_response_invalid'],
  [
    '70 kB of answer',
    answer(200, { access_token: 't', x: 'x'.repeat(70_000) }),
    'unknown',
    'powens_response_invalid',
  ],
  [
    'a mac token',
    answer(200, '{"access_token":"abcdefgh","token_type":"mac"}'),
    'unknown',
    'powens_response_invalid',
  ],
  [
    'a token under __proto__',
    answer(200, '{"__proto__":{"access_token":"abcdefgh"}}'),
    'unknown',
    'powens_response_invalid',
  ],
];

describe('an exchange that goes wrong', () => {
  let app: FlowApp;
  let serial = 0;
  const newUser = (): string => `user-${(serial += 1)}`;

  beforeAll(async () => {
    app = await startFlowApp({ options: { attemptLifetimeMinutes: 60 } });
  });

  afterEach(async () => {
    await clearFaults(app);
  });

  afterAll(async () => {
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

  // Processed, and the answer lost with the token in it: nobody can revoke what nobody knows (section 7 of the study).
  it.each([{ kind: 'after' }, { kind: 'truncate' }] as const)(
    'should not send the code again when the answer got lost: $kind [RL-05, W2, U03]',
    async (fault) => {
      const { browser, callback, started } = await returning(app, newUser());
      await plant(app, { ...EXCHANGE, ...fault });
      const before = exchanges(app);
      expect((await browser.get(callback)).status).toBe(303);
      expect(exchanges(app)).toBe(before + 1);
      expect(await attemptOf(browser, started.attemptId)).toMatchObject({
        status: 'unknown',
        error: 'powens_timeout',
      });
      expect(await failures(started.attemptId)).toHaveLength(1);
      const lost = app.sandbox.ledger().tokens.at(-1);
      await fetch(`${app.sandbox.url}/2.0/auth/token`, {
        method: 'DELETE',
        headers: { authorization: `Bearer ${lost?.token}` },
      });
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

  it('should try again by itself when Powens only asks for a moment [RL-05, U09]', async () => {
    const { browser, callback, started } = await returning(app, newUser());
    await plant(app, { ...EXCHANGE, kind: 'status', status: 429, headers: { 'retry-after': '1' } });
    const before = exchanges(app);
    expect((await browser.get(callback)).status).toBe(303);
    expect(exchanges(app)).toBe(before + 2);
    expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'connected' });
  });

  it('should keep the attempt while nobody listens at the address of Powens [RL-13, U01]', async () => {
    const { browser, callback, started } = await returning(app, newUser());
    const options = {
      powens: {
        ...app.sandbox.client,
        apiUrl: 'http://127.0.0.1:9',
        webviewUrl: app.sandbox.url,
        totalTimeoutMs: 1500,
      },
    };
    const cut = await startFlowApp({ like: app, options });
    const same = cut.browser(browser.user);
    for (const [name, value] of browser.cookies) same.cookies.set(name, value);

    const turned = await same.get(callback);
    await cut.stop();

    expect(turned.status).toBe(503);
    expect(turned.text).not.toContain('127.0.0.1');
    expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'pending' });
    expect((await browser.get(callback)).status).toBe(303);
  });
});
