import { ConfigurationError, type CallbackOptions, type CallbackResult } from 'nestjs-powens-connections';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../../helpers/flow/browser.js';
import { ADAPTERS, startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { attemptOf, CALLBACK_HEADERS, returning, sql, type Returning } from '../../helpers/flow/observe.js';
import { start, visitWebview } from '../../helpers/flow/person.js';

const HTML = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };
const TARGETS = { mobile: 'https://m.example.test/back?from=bank' };
const TRUSTED = 'https://app.example.test';

describe.each(ADAPTERS)('the answer of the callback, on %s', (adapter) => {
  let base: FlowApp;
  let serial = 0;

  beforeAll(async () => {
    base = await startFlowApp({ adapter });
  });

  afterAll(async () => {
    await base.close();
  });

  async function withApp(callback: CallbackOptions, check: (app: FlowApp) => Promise<void>): Promise<void> {
    const options = {
      callback,
      returnTo: { targets: TARGETS },
      crossSite: { trustedOrigins: [TRUSTED] },
    };
    const app = await startFlowApp({ adapter, like: base, options });
    await check(app).finally(async () => app.stop());
  }

  async function back(app: FlowApp, body: Record<string, unknown> = {}): Promise<Returning> {
    return returning(app, `user-${(serial += 1)}`, { body });
  }

  async function denied(app: FlowApp): Promise<Returning> {
    const browser = app.browser(`user-${(serial += 1)}`);
    const started = await start(browser);
    const callback = await visitWebview(app, started.url, { outcome: 'access_denied' });
    return { browser, started, callback };
  }

  it('should continue by itself from a page, for a browser alone [H15]', async () => {
    await withApp({ answer: 'page' }, async (app) => {
      const { browser, callback, started } = await back(app, { returnTo: '/banks?a=1&b=2' });
      const page = await browser.get(callback, HTML);
      const target = `/banks?a=1&amp;b=2&amp;attempt=${started.attemptId}`;
      expect(page.status).toBe(200);
      expect(Object.fromEntries(page.headers)).toMatchObject(CALLBACK_HEADERS);
      expect(page.text).toContain(`<meta http-equiv="refresh" content="0;url=${target}">`);
      expect(page.text).toContain(`<a href="${target}"`);
      expect(page.text).not.toMatch(/<script|<style|<form|\bon\w+=/i);
      expect((await browser.get(callback)).status).toBe(303);
      expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'connected' });
    });
  });

  it('should say nothing of an attempt whose owner was edited in the database', async () => {
    await withApp({ answer: 'json' }, async (app) => {
      const { browser, callback, started } = await back(app);
      await sql(app, `UPDATE powens_attempt SET owner_id = 'mallory' WHERE id = $1`, [started.attemptId]);
      const nobody = app.browser(null);
      browser.cookies.forEach((value, name) => nobody.cookies.set(name, value));
      const answer = await nobody.get(callback);
      expect(answer.json()).toMatchObject({ code: 'internal_error' });
      expect(answer.text).not.toContain('mallory');
      expect(answer.text).not.toContain(started.attemptId);
    });
  });

  it('should answer with the attempt as JSON, for every outcome [C8]', async () => {
    await withApp({ answer: 'json' }, async (app) => {
      for (const [{ browser, callback, started }, status, error] of [
        [await back(app, { returnTo: '/banks' }), 'connected', null],
        [await denied(app), 'denied', 'access_denied'],
      ] as const) {
        const answer = await browser.get(callback, HTML);
        expect(answer.status).toBe(200);
        expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
        expect(answer.headers.get('cache-control')).toBe('no-store');
        expect(answer.json()).toMatchObject({ id: started.attemptId, status, error });
        expect(answer.json()['landing']).toBe(
          status === 'connected'
            ? `/banks?attempt=${started.attemptId}`
            : `/connections/attempts/${started.attemptId}`,
        );
        // Again, as a browser that reloads.
        expect((await browser.get(callback)).json()).toEqual(answer.json());
      }
      const refused = await app.browser('eve').get('/connections/callback?state=x');
      expect(refused.json()).toMatchObject({ status: 400, code: 'callback_refused' });
    });
  });

  it('should answer with nothing [C8]', async () => {
    await withApp({ answer: 'no-content' }, async (app) => {
      const { browser, callback, started } = await back(app);
      const answer = await browser.get(callback, HTML);
      expect([answer.status, answer.text, answer.location]).toEqual([204, '', '']);
      expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'connected' });
    });
  });

  it('should land where the application chooses, which gets the outcome [C9]', async () => {
    const results: CallbackResult[] = [];
    const landing = (result: CallbackResult): string => {
      results.push(result);
      return result.attempt.status === 'connected' ? '/welcome#top' : '/sorry?x=1';
    };
    await withApp({ landing }, async (app) => {
      const connected = await back(app, { returnTo: 'mobile' });
      expect((await connected.browser.get(connected.callback)).location).toBe(
        `/welcome?attempt=${connected.started.attemptId}#top`,
      );
      const other = await denied(app);
      expect((await other.browser.get(other.callback)).location).toBe(
        `/sorry?x=1&attempt=${other.started.attemptId}`,
      );
      expect(results).toMatchObject([
        {
          attempt: {
            id: connected.started.attemptId,
            flow: 'connect',
            status: 'connected',
            connectionIds: [expect.any(String)],
          },
          owner: { id: connected.browser.user, tenant: '' },
          returnTo: TARGETS.mobile,
          url: `${TARGETS.mobile}&attempt=${connected.started.attemptId}`,
        },
        { attempt: { status: 'denied', error: 'access_denied' }, returnTo: null },
      ]);
      expect(JSON.stringify(results)).not.toContain(new URL(connected.started.url).searchParams.get('state'));
      await app.browser('eve').get('/connections/callback?state=x');
      expect(results).toHaveLength(2);
    });
  });

  it.each<[string, string | null | undefined, string]>([
    ['a target', 'mobile', `${TARGETS.mobile}&attempt=ID`],
    ['a trusted origin', `${TRUSTED}/x?y=1`, `${TRUSTED}/x?y=1&attempt=ID`],
    ['the origin of a target', 'https://m.example.test/other', 'https://m.example.test/other?attempt=ID'],
    ['nothing', undefined, '/banks?attempt=ID'],
    ['null', null, '/banks?attempt=ID'],
  ])('should land at %s when the application chooses it [C9]', async (_what, chosen, expected) => {
    await withApp({ landing: () => chosen }, async (app) => {
      const { browser, callback, started } = await back(app, { returnTo: '/banks' });
      const { location } = await browser.get(callback);
      expect(location).toBe(expected.replace('ID', started.attemptId));
    });
  });

  it.each<[string, CallbackOptions['landing'], RegExp]>([
    ['another origin', () => 'https://evil.example/x', /not allowed/],
    ['an address without a scheme', () => '//evil.example', /not allowed/],
    ['a script', () => 'javascript:alert(1)', /not allowed/],
    ['a trusted origin with a user', () => `https://x@app.example.test/`, /not allowed/],
    ['one that begins alike', () => `${TRUSTED}.evil.example/`, /not allowed/],
    ['a header', () => '/x\r\nset-cookie: a=b', /not allowed/],
    ['no text', () => 1 as never, /not allowed/],
    ['the name of a property of every object', () => 'constructor', /not allowed/],
    [
      'an error',
      () => {
        throw new Error('s3cret of the host');
      },
      /callback\.landing failed/,
    ],
    ['a rejection', async () => Promise.reject(new Error('s3cret of the host')), /callback\.landing failed/],
    ['never', async () => new Promise<string>(() => undefined), /did not choose within 50 ms/],
  ])(
    'should lose nothing, and land by default, when the choice is %s [C9]',
    async (_what, landing, logged) => {
      await withApp({ ...(landing && { landing }), landingTimeoutMs: 50 }, async (app) => {
        const from = base.logger.lines.length;
        const { browser, callback, started } = await back(app, { returnTo: '/banks' });
        const answer = await browser.get(callback);
        expect([answer.status, answer.location]).toEqual([303, `/banks?attempt=${started.attemptId}`]);
        expect(await attemptOf(browser, started.attemptId)).toMatchObject({ status: 'connected' });
        expect((await browser.get('/connections')).json<{ items: unknown[] }>().items).toHaveLength(1);
        const lines = base.logger.lines.slice(from).join('\n');
        expect(lines).toMatch(logged);
        expect(lines).not.toContain('s3cret');
      });
    },
  );

  it('should say which check refused, on the page, when the diagnosis is on [C12]', async () => {
    await withApp({ diagnosis: true }, async (app) => {
      const refusal = async (answer: Promise<Answer>): Promise<string> => {
        const { status, text, headers } = await answer;
        expect(status).toBe(400);
        expect(Object.fromEntries(headers)).toMatchObject(CALLBACK_HEADERS);
        return /<h1>[^(]*\((\w+)\)<\/h1>/.exec(text)?.[1] ?? '';
      };
      const { browser, callback, started } = await back(app);
      expect(await refusal(browser.get('/connections/callback', HTML))).toBe('malformed');
      expect(await refusal(app.browser('eve').get(callback, HTML))).toBe('no_binding');
      const foreign = await back(app);
      expect(await refusal(foreign.browser.get(callback, HTML))).toBe('unknown_state');
      expect(await refusal(browser.get(callback, { ...HTML, 'x-user': 'eve' }))).toBe('foreign_principal');
      await sql(app, `UPDATE powens_attempt SET expires_at = now() - interval '1 second' WHERE id = $1`, [
        started.attemptId,
      ]);
      expect(await refusal(browser.get(callback, HTML))).toBe('expired');
      // For programs the answer stays uniform.
      expect((await browser.get(callback)).text).not.toContain('expired"');
    });
    await withApp({}, async (app) => {
      const page = await app.browser('eve').get('/connections/callback', HTML);
      expect(page.text).not.toMatch(/malformed|diagnosis/);
    });
  });

  it('should refuse to boot with the diagnosis in production, and with what is no answer [C12, C8]', async () => {
    const before = process.env['NODE_ENV'];
    const refused = async (callback: CallbackOptions): Promise<unknown> =>
      withApp(callback, async () => Promise.resolve()).catch((error: unknown) => error);
    try {
      process.env['NODE_ENV'] = 'production';
      const error = await refused({ diagnosis: true });
      expect(error).toBeInstanceOf(ConfigurationError);
      expect(String(error)).toContain('callback.diagnosis');
    } finally {
      process.env['NODE_ENV'] = before;
    }
    expect(String(await refused({ answer: 'jsonp' as never }))).toContain('callback.answer');
    expect(String(await refused({ landing: '/x' as never }))).toContain('callback.landing');
  });
});
