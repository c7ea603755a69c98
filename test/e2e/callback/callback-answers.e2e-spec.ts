import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { Answer, Browser } from '../../helpers/flow/browser.js';
import { ADAPTERS, type FlowApp } from '../../helpers/flow/flow-app.js';
import { useFlowApp } from '../../helpers/flow/use-flow-app.js';
import {
  attemptOf,
  CALLBACK_HEADERS,
  clearFaults,
  connectedOwner,
  EXCHANGE,
  expire,
  madeUpState,
  plant,
  returning,
  snapshot,
  withParameter,
} from '../../helpers/flow/observe.js';
import { start, visitWebview } from '../../helpers/flow/person.js';

const HTML = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };

/** Sends what `fetch` refuses to: a `Host` of its own. */
async function rawGet(
  app: FlowApp,
  path: string,
  headers: Record<string, string>,
): Promise<{ status: number; location: string }> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(app.url);
    const sent = request({ hostname, port, path, headers }, (response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0, location: response.headers.location ?? '' });
    });
    sent.on('error', reject).end();
  });
}

describe.each(ADAPTERS)('what a callback answers, on %s', (adapter) => {
  let app: FlowApp;
  let serial = 0;
  const newUser = (): string => `user-${(serial += 1)}`;

  useFlowApp({ adapter }, (opened) => {
    app = opened;
  });

  const OUTCOMES: Record<string, () => Promise<Answer>> = {
    'a success': async () => arrived(async () => undefined),
    'a reload': async () =>
      arrived(async ({ browser, callback }) => {
        await browser.get(callback);
      }),
    'a cancel': async () => {
      const browser = app.browser(newUser());
      const { url } = await start(browser);
      return browser.get(await visitWebview(app, url, { outcome: 'access_denied' }));
    },
    'an upstream failure': async () =>
      arrived(async () => plant(app, { ...EXCHANGE, kind: 'status', status: 500 })),
    'an unreachable provider': async () =>
      arrived(async () => plant(app, { ...EXCHANGE, kind: 'status', status: 429 })),
    'a malformed query': async () => app.browser(newUser()).get('/connections/callback?state=x'),
    'no cookie': async () => app.browser(newUser()).get(`/connections/callback?state=${madeUpState()}`),
    'an unknown state': async () => {
      const { browser } = await returning(app, newUser());
      return browser.get(`/connections/callback?state=${madeUpState()}`);
    },
    'an expired state': async () => arrived(async ({ started }) => expire(app, started.attemptId)),
    'somebody else signed in': async () => {
      const { browser, callback } = await returning(app, newUser());
      return browser.get(callback, { 'x-user': 'somebody-else' });
    },
    'another code': async () => {
      const { browser, callback } = await returning(app, newUser());
      await browser.get(callback);
      return browser.get(withParameter(callback, 'code', 'another'));
    },
    'a prefetch': async () => {
      const { browser, callback } = await returning(app, newUser());
      return browser.get(callback, { purpose: 'prefetch' });
    },
    'a page for a person': async () => app.browser(newUser()).get('/connections/callback', HTML),
  };

  async function arrived(
    meanwhile: (at: Awaited<ReturnType<typeof returning>>) => Promise<void>,
  ): Promise<Answer> {
    const at = await returning(app, newUser());
    await meanwhile(at);
    const answer = await at.browser.get(at.callback);
    await clearFaults(app);
    return answer;
  }

  it.each(Object.keys(OUTCOMES))(
    'should send every protective header with %s [OA-19, OA-20, OA-27, A24, A26]',
    async (name) => {
      const answer = await (OUTCOMES[name] as () => Promise<Answer>)();
      expect(
        Object.fromEntries(
          Object.keys(CALLBACK_HEADERS).map((header) => [header, answer.headers.get(header)]),
        ),
      ).toEqual(CALLBACK_HEADERS);
      expect(answer.location).not.toMatch(/[?&](code|state|error)=/);
      expect(answer.headers.get('access-control-allow-origin')).toBeNull();
      expect(answer.text).not.toMatch(/<script|postMessage|https?:\/\//);
    },
  );

  it('should give a person a page with a way back, and a program problem+json [OA-21, OA-24]', async () => {
    const browser = app.browser(newUser());
    const path = `/connections/callback?state=${madeUpState()}`;
    const page = await browser.get(path, HTML);
    expect(page.status).toBe(400);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.text).toMatch(/<a href="\/"/);
    for (const accept of [
      '*/*',
      'application/json',
      'application/problem+json',
      'text/html;q=0.1, application/json',
    ]) {
      const answer = await browser.get(path, { accept });
      expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
      expect(answer.json()).toMatchObject({ status: 400, code: 'callback_refused' });
    }
  });

  it('should not answer a CORS preflight of another site [OA-27, A26]', async () => {
    const answer = await app.browser(null).send('OPTIONS', '/connections/callback', {
      origin: 'https://evil.test',
      'access-control-request-method': 'GET',
    });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  it.each([
    ['markup', encodeURIComponent('<script>alert(1)</script>')],
    ['a line break and a made-up log line', `x%0D%0ASet-Cookie:a=b%0A[Nest]%20LOG%20admin`],
    ['an escape sequence', '%1B[31mred%1B[0m'],
    ['10 kB', 'd'.repeat(10_000)],
    ['text that turns around', `%E2%80%AEtxt.exe`],
    ['JSON', encodeURIComponent('","level":"fatal","x":"')],
  ])(
    'should write one clean line for %s in the error description [OA-22, A27, G06]',
    async (_, description) => {
      const browser = app.browser(newUser());
      const { started, callback } = await denied(browser);
      const lines = app.logger.lines.length;

      const answer = await browser.get(`${callback}&error=access_denied&error_description=${description}`);

      expect(answer.status).toBe(303);
      expect(answer.location).toBe(`/connections/attempts/${started.attemptId}`);
      const written = app.logger.lines.slice(lines).filter((line) => line.includes('Step 2'));
      expect(written).toHaveLength(1);
      expect(written[0]).not.toMatch(/[\p{Cc}\u202e]/u);
      expect(written[0]?.length).toBeLessThan(400);
      // A random id may hold any of these.
      const body = (await browser.get(answer.location)).text.replace(started.attemptId, '');
      expect(body).not.toMatch(/script|Set-Cookie|red|ddd|exe|fatal/);
      expect(await attemptOf(browser, started.attemptId)).toMatchObject({
        status: 'denied',
        error: 'access_denied',
      });
    },
  );

  it.each([
    '%3Cscript%3Ealert(1)%3C/script%3E',
    'Access_Denied',
    'x%0D%0Ay',
    'e'.repeat(10_000),
    '__proto__',
    'constructor',
  ])('should know the error word %s as provider_error only [OA-22, A27]', async (word) => {
    const browser = app.browser(newUser());
    const { started, callback } = await denied(browser);
    const lines = app.logger.lines.length;
    const answer = await browser.get(`${callback}&error=${word}`);
    expect(answer.location).toBe(`/connections/attempts/${started.attemptId}`);
    expect(await attemptOf(browser, started.attemptId)).toMatchObject({
      status: 'failed',
      error: 'provider_error',
    });
    expect(app.logger.lines.slice(lines).join('\n')).not.toMatch(/script|eeeee|__proto__|Access_Denied/);
  });

  async function denied(
    browser: Browser,
  ): Promise<{ started: Awaited<ReturnType<typeof start>>; callback: string }> {
    const started = await start(browser);
    const state = new URL(started.url).searchParams.get('state') ?? '';
    return { started, callback: `/connections/callback?state=${state}` };
  }

  it.each([
    ['Host', { host: 'evil.test' }],
    ['X-Forwarded-Host', { 'x-forwarded-host': 'evil.test', 'x-forwarded-proto': 'https' }],
    ['Forwarded', { forwarded: 'host=evil.test;proto=https' }],
    ['X-Original-URL', { 'x-original-url': '/admin', 'x-rewrite-url': '/admin' }],
  ])('should build no URL from the header %s [OA-18, A23]', async (_, headers) => {
    const browser = app.browser(newUser());
    const sent: Record<string, string> = { 'x-user': browser.user ?? '', ...headers };
    const redirect = await rawGet(app, '/connections/connect', sent);
    expect(redirect.status).toBe(303);
    const webview = new URL(redirect.location);
    expect(webview.origin).toBe(app.sandbox.url);
    expect(webview.searchParams.get('redirect_uri')).toBe(`${app.url}/connections/callback`);
    const { started, callback } = await returning(app, newUser());
    const back = await returning(app, browser.user ?? '');
    const landed = await rawGet(app, back.callback, { ...sent, cookie: back.browser.cookieHeader() });
    expect(landed).toEqual({ status: 303, location: `/connections/attempts/${back.started.attemptId}` });
    expect([started.attemptId, callback]).not.toContain('evil.test');
  });

  it('should refuse a start from another site and write nothing [OA-04, A06]', async () => {
    const owner = await connectedOwner(app, newUser());
    const codes = app.sandbox.ledger().codes.length;
    const rows = await snapshot(app);
    for (const answer of [
      await owner.post('/connections/connect', {}, { 'sec-fetch-site': 'cross-site' }),
      await owner.get('/connections/connect', {
        'sec-fetch-site': 'cross-site',
        'sec-fetch-mode': 'navigate',
      }),
      await owner.get('/connections/connect', { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'image' }),
    ]) {
      expect(answer.status).toBe(403);
      expect(answer.json()).toMatchObject({ code: 'cross_site_refused' });
      expect(answer.headers.get('set-cookie')).toBeNull();
    }
    expect(await snapshot(app)).toEqual(rows);
    expect(app.sandbox.ledger().codes).toHaveLength(codes);
  });
});
