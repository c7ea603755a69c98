import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADAPTERS, startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { snapshot } from '../../helpers/flow/observe.js';
import { connect, start } from '../../helpers/flow/person.js';
import { rounds } from '../../helpers/sweeps.js';

/** Each leaves the origin for some reader of URLs, or only looks as if. */
const PAYLOADS = [
  ...[
    '//evil.test',
    '///evil.test',
    '////evil.test',
    '/\\evil.test',
    '\\\\evil.test',
    '\\/evil.test',
    '/\\/evil.test',
  ],
  ...[
    '/\tevil.test',
    '/\t/evil.test',
    '/\n/evil.test',
    '/\r/evil.test',
    '\t//evil.test',
    ' //evil.test',
    '/\0/evil.test',
  ],
  ...[
    'https://evil.test',
    'http://evil.test',
    'HTTPS://evil.test',
    'https:evil.test',
    'https:/evil.test',
    'https:///evil.test',
  ],
  ...[
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'file:///etc/passwd',
  ],
  ...[
    '/.//evil.test',
    '/..//evil.test',
    '/a/..//evil.test',
    '/a/../..//evil.test',
    '/%2e//evil.test',
    '/%2e%2e//evil.test',
  ],
  ...[
    '/./\\evil.test',
    '/a/..\\/evil.test',
    './/evil.test',
    '..//evil.test',
    '.evil.test',
    'evil.test',
    '@evil.test',
  ],
  ...[
    '//evil.test@localhost',
    '//localhost@evil.test',
    '//localhost:80@evil.test',
    '/@evil.test',
    '/:@evil.test',
    '//[::1]',
  ],
  ...[
    '／／evil.test',
    '/／evil.test',
    '。//evil.test',
    '//evil。test',
    '//ｅｖｉｌ.test',
    '/\u2028/evil.test',
    '/\u2029/evil.test',
  ],
  ...[
    '/\ud800/evil.test',
    '//0x7f.1',
    '//2130706433',
    '//0177.0.0.1',
    '//evil%E3%80%82test',
    '//%65vil.test',
    '/%5Cevil.test',
  ],
  ...[
    '/%09/evil.test',
    '/%2F/evil.test',
    '/%2f%2fevil.test',
    '/%0d%0aSet-Cookie:x=1',
    '/%00//evil.test',
    '/?x=//evil.test',
  ],
  ...[
    '/#//evil.test',
    '/;//evil.test',
    '/?next=https://evil.test',
    '',
    '/',
    '?',
    '#',
    '?//evil.test',
    '#//evil.test',
  ],
  ...[
    'https://app@evil.test/',
    'http:\\\\evil.test',
    'x://evil.test',
    '//',
    '///',
    '/\\',
    '\\',
    '//?',
    '//#',
    '/\u00a0/evil.test',
  ],
];

describe.each(ADAPTERS)('returnTo on %s', (adapter) => {
  let app: FlowApp;
  let host: string;

  beforeAll(async () => {
    const returnTo = {
      targets: {
        app: 'https://front.example.test/banks?from=powens',
        toString: 'https://front.example.test/x',
      },
    };
    app = await startFlowApp({ adapter, options: { returnTo } });
    host = app.url;
  });

  afterAll(async () => {
    await app.close();
  });

  /** Lands as a browser would, once decoded and as sent. */
  function originsOf(location: string): Set<string> {
    return new Set([location, location.replaceAll('\\', '/')].map((text) => new URL(text, host).origin));
  }

  it.each(PAYLOADS)('should not leave the application for %j [OA-17, A20, A21]', async (returnTo) => {
    const browser = app.browser('ann');
    const rows = await snapshot(app);
    const answer = await browser.post('/connections/connect', { returnTo });
    if (answer.status !== 201) {
      expect(answer.status).toBe(400);
      expect(answer.json()).toMatchObject({ code: 'return_to_refused' });
      expect(answer.text).not.toContain('evil');
      expect(await snapshot(app)).toEqual(rows);
      return;
    }
    const state = new URL(answer.json<{ url: string }>().url).searchParams.get('state') ?? '';
    const landed = await browser.get(`/connections/callback?state=${state}&error=access_denied`);
    expect(landed.status).toBe(303);
    expect(landed.location).toMatch(/^\/(?![/\\])[\x21-\x7e]*$/);
    expect(originsOf(landed.location)).toEqual(new Set([host]));
  });

  it('should be read the same from a query as from a body, for 300 hostile texts [OA-17, A22]', async () => {
    const browser = app.browser('bob');
    const piece = fc.constantFrom(
      ...PAYLOADS.map((payload) => payload.slice(0, 4)),
      '/',
      '\\',
      'evil.test',
      '%2f',
      '%5c',
      '\t',
    );
    const texts = fc.array(piece, { minLength: 1, maxLength: 5 }).map((pieces) => `/${pieces.join('')}`);
    const property = fc.asyncProperty(texts, async (returnTo) => {
      const asked = new URLSearchParams({ returnTo: returnTo.replace(/\p{Cs}/gu, '') });
      const answer = await browser.get(`/connections/connect?${asked.toString()}`);
      expect([303, 400]).toContain(answer.status);
      if (answer.status === 303) {
        expect(new URL(answer.location).origin).toBe(app.sandbox.url);
        const state = new URL(answer.location).searchParams.get('state') ?? '';
        const landed = await browser.get(`/connections/callback?state=${state}&error=access_denied`);
        expect(originsOf(landed.location)).toEqual(new Set([host]));
      }
    });
    await fc.assert(property, { numRuns: rounds(60, 300) });
  });

  it.each([
    ['an array', ['/a']],
    ['an object', { toString: '/a' }],
    ['a number', 1],
    ['a text of 2049 characters', `/${'a'.repeat(2048)}`],
    ['a text that grows beyond what is stored', `/${'é'.repeat(1000)}`],
    ['a lone surrogate', '/\ud800'],
  ])('should refuse %s as a mistake of the client [OA-17]', async (_, returnTo) => {
    const answer = await app.browser('cleo').post('/connections/connect', { returnTo });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });

  it.each([
    '__proto__',
    'constructor',
    'hasOwnProperty',
    'App',
    'app ',
    'app/',
    'https://front.example.test/banks',
  ])('should take %j neither for a target nor for a path [OA-17]', async (returnTo) => {
    expect((await app.browser('dora').post('/connections/connect', { returnTo })).status).toBe(400);
  });

  it.each([
    ['app', (id: string) => `https://front.example.test/banks?from=powens&attempt=${id}`],
    ['toString', (id: string) => `https://front.example.test/x?attempt=${id}`],
    ['/banks?attempt=forged&b=1', (id: string) => `/banks?b=1&attempt=${id}`],
    ['/banks?%61ttempt=forged', (id: string) => `/banks?attempt=${id}`],
    ['/é?q=a b', (id: string) => `/%C3%A9?q=a%20b&attempt=${id}`],
  ])('should lead %s where it says, with the attempt added [OA-17]', async (returnTo, where) => {
    const { landed, started } = await connect(app, app.browser(`owner of ${encodeURIComponent(returnTo)}`), {
      body: { returnTo },
    });
    expect(landed.status).toBe(303);
    expect(landed.location).toBe(where(started.attemptId));
  });

  it('should take no target out of the callback itself [OA-17]', async () => {
    const browser = app.browser('emma');
    const { attemptId, url } = await start(browser, { returnTo: '/mine' });
    const state = new URL(url).searchParams.get('state') ?? '';
    const forged = 'returnTo=//evil.test&return_to=//evil.test&redirect_uri=//evil.test&attempt=x';
    const landed = await browser.get(`/connections/callback?${forged}&state=${state}&error=access_denied`);
    expect(landed.location).toBe(`/mine?attempt=${attemptId}`);
  });
});
