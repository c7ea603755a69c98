import { connect as openSocket } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from '../../helpers/flow/browser.js';
import { ADAPTERS, startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { attemptOf, madeUpState, outbound, returning, snapshot } from '../../helpers/flow/observe.js';
import { rounds } from '../../helpers/sweeps.js';

/** Sends bytes as they are: no client of ours tidies the request line up. */
async function sendLine(app: FlowApp, target: string, headers: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(app.url);
    const socket = openSocket(Number(port), hostname, () => {
      socket.end(
        `GET ${target} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nConnection: close\r\n${headers}\r\n`,
      );
    });
    let text = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
    socket.on('end', () => resolve(text)).on('error', reject);
  });
}

const value = fc.constantFrom(
  ...[
    '',
    'x',
    '%',
    '%zz',
    '%ff',
    '%00',
    '%0d%0a',
    '%C0%AF',
    '%ED%A0%80',
    '+',
    '%2B',
    '%252B',
    "'",
    '%27%3B--',
    '[]',
    '{}',
  ],
  ...[
    'é',
    '%F0%9F%98%80',
    '%E2%80%AE',
    '1',
    '-1',
    '1e3',
    '9'.repeat(40),
    'access_denied',
    '<script>',
    '../..',
    '\\',
    '|',
  ],
);
const name = fc.constantFrom(
  ...[
    'state',
    'code',
    'error',
    'error_description',
    'connection_id',
    'connection_ids',
    'id_connection',
    'state[]',
  ],
  ...[
    'state[x]',
    'code.constructor',
    '__proto__[x]',
    'constructor[prototype][x]',
    'STATE',
    'st%61te',
    'a',
    '',
    '%',
  ],
);

describe.each(ADAPTERS)('any query of a callback, on %s', (adapter) => {
  let app: FlowApp;
  let browser: Browser;

  beforeAll(async () => {
    app = await startFlowApp({ adapter });
    ({ browser } = await returning(app, 'ann'));
  });

  afterAll(async () => {
    await app.close();
  });

  it('should be answered 400 unless it ends an attempt, and neither call Powens nor pollute an object [OA-08, G01, G02, G04, G05]', async () => {
    const rows = await snapshot(app);
    const pairs = fc.array(
      fc.tuple(name, value).map((both) => both.join('=')),
      { maxLength: 8 },
    );
    const query = fc
      .tuple(pairs, fc.boolean())
      .map(([parts, made]) => [...parts, ...(made ? [`state=${madeUpState()}`] : [])].join('&'));
    const property = fc.asyncProperty(query, async (text) => {
      const answer = await browser.get(`/connections/callback?${text}`);
      expect(answer.status).toBe(400);
      expect(answer.json()).toMatchObject({ code: 'callback_refused' });
    });
    await fc.assert(property, { numRuns: rounds(100, 500) });
    expect(outbound(app)).toEqual([]);
    expect(await snapshot(app)).toEqual(rows);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  it('should be answered by the raw text, whatever bytes it has [OA-08, G04, G15]', async () => {
    const cookie = `Cookie: ${browser.cookieHeader()}\r\n`;
    for (const query of [
      '?state=\xff',
      '?state=\x7f',
      '?%',
      '?;state=x',
      '??',
      '?#',
      '?state=a#b',
      `?state=${'\xe9'.repeat(43)}`,
    ]) {
      const text = await sendLine(app, `/connections/callback${query}`, cookie);
      expect(text).toMatch(/^HTTP\/1\.1 400 /);
    }
    for (const target of [
      '/connections/callback%',
      '/connections/%zz',
      '//connections/callback',
      '/connections/..%2fcallback',
    ]) {
      expect(await sendLine(app, target, cookie)).toMatch(/^HTTP\/1\.1 4\d\d /);
    }
  });

  it.each([
    [
      'a query of 100 kB',
      (state: string) => [`/connections/callback?state=${state}&x=${'x'.repeat(100_000)}`, ''],
    ],
    [
      '3 000 parameters',
      (state: string) => [`/connections/callback?state=${state}${'&a=1'.repeat(3000)}`, ''],
    ],
    [
      'a header of 64 kB',
      (state: string) => [`/connections/callback?state=${state}`, `X-Long: ${'x'.repeat(64_000)}\r\n`],
    ],
    [
      'a cookie of 12 kB',
      (state: string) => [`/connections/callback?state=${state}`, `Cookie: ${'a=b; '.repeat(2400)}\r\n`],
    ],
  ])('should be refused with %s [G03]', async (_, request) => {
    const [target = '', headers = ''] = request(madeUpState());
    expect(await sendLine(app, target, headers)).toMatch(/^HTTP\/1\.1 4\d\d /);
  });

  it('should carry a code with plus, slash and padding to Powens unharmed [OA-08]', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { browser: own, callback, started } = await returning(app, `round-${round}`);
      expect((await own.get(callback)).status).toBe(303);
      expect(await attemptOf(own, started.attemptId)).toMatchObject({ status: 'connected' });
    }
    const codes = app.sandbox.ledger().codes.map(({ code }) => code);
    expect(codes.some((code) => code.includes('+')) && codes.some((code) => code.includes('/'))).toBe(true);
  });

  it.each([
    ['a raw plus', (code: string) => encodeURIComponent(code).replaceAll('%2B', '+')],
    ['an encoded plus', (code: string) => encodeURIComponent(code)],
    [
      'everything encoded',
      (code: string) =>
        [...Buffer.from(code)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
    ],
  ])('should read %s in the code as the same code [OA-08]', async (what, spell) => {
    const { browser: own, callback, started } = await returning(app, `spelling ${what}`);
    const [path = '', query = ''] = callback.split('?');
    const respelt = query
      .split('&')
      .map((pair) => (pair.startsWith('code=') ? `code=${spell(decodeURIComponent(pair.slice(5)))}` : pair));
    expect((await own.get(`${path}?${respelt.join('&')}`)).status).toBe(303);
    expect(await attemptOf(own, started.attemptId)).toMatchObject({ status: 'connected' });
  });

  it('should refuse a code that was encoded twice, as Powens does, and end the attempt [OA-08]', async () => {
    const { browser: own, callback, started } = await returning(app, 'twice');
    expect(
      (
        await own.get(
          callback.replace(/code=([^&]*)/, (_, code: string) => `code=${encodeURIComponent(code)}`),
        )
      ).status,
    ).toBe(303);
    expect(await attemptOf(own, started.attemptId)).toMatchObject({
      status: 'failed',
      error: 'code_refused',
    });
  });
});
