import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, Browser } from '../../helpers/flow/browser.js';
import { ADAPTERS, startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { CALLBACK_HEADERS, connectedOwner, outbound, snapshot } from '../../helpers/flow/observe.js';
import { visitWebview } from '../../helpers/flow/person.js';

type Sent = Record<string, string>;

const NAVIGATION = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
/** A link in a web mail, on another site. */
const FROM_MAIL = { ...NAVIGATION, 'sec-fetch-site': 'cross-site', 'sec-fetch-user': '?1' };
/** The link of the page that asks. */
const FROM_PAGE = { ...NAVIGATION, 'sec-fetch-site': 'same-origin' };
const FRONT_END = 'https://app.example.test';

const hrefOf = ({ text }: Answer): string =>
  (/href="([^"]*)"[^>]*>Continue</.exec(text)?.[1] ?? '').replaceAll('&amp;', '&');

/** With characters that `fetch` would encode. */
async function getRaw(app: FlowApp, path: string, headers: Sent): Promise<string> {
  const { port } = new URL(app.url);
  return new Promise((resolve, reject) => {
    httpRequest({ host: 'localhost', port, path, headers: { 'x-user': 'ann', ...headers } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        resolve(Buffer.concat(chunks).toString());
      });
    })
      .once('error', reject)
      .end();
  });
}

describe.each(ADAPTERS)('a start from another site, on %s', (adapter) => {
  let app: FlowApp;
  let owner: Browser;

  beforeAll(async () => {
    app = await startFlowApp({ adapter });
    owner = await connectedOwner(app, 'ann');
  });

  afterAll(async () => {
    await app.close();
  });

  async function leavesNoTrace(send: () => Promise<Answer>): Promise<Answer> {
    const rows = await snapshot(app);
    const calls = outbound(app).length;
    const answer = await send();
    expect(await snapshot(app)).toEqual(rows);
    expect(outbound(app)).toHaveLength(calls);
    expect(answer.headers.getSetCookie()).toEqual([]);
    return answer;
  }

  it.each(['cross-site', 'same-site'])('should ask the person whom a link sent (%s) [H22]', async (site) => {
    const headers = { ...FROM_MAIL, 'sec-fetch-site': site };
    const page = await leavesNoTrace(async () => owner.get('/connections/connect?lang=fr', headers));
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(Object.fromEntries(page.headers)).toMatchObject(CALLBACK_HEADERS);
    expect(page.text).not.toMatch(/<script|<style|<iframe|<form|http-equiv|\bon\w+=|style=/i);
    expect(page.text).not.toContain('ann');
  });

  it('should go on from that page, with the same options, to the end [H22]', async () => {
    const path = '/connections/connect?lang=fr&returnTo=%2Fbanks%3Fa%3D1%26b%3D2';
    const page = await owner.get(path, FROM_MAIL);
    expect(hrefOf(page)).toBe(path.slice(path.indexOf('?')));
    const target = new URL(hrefOf(page), new URL(path, app.url));
    expect(target.href).toBe(`${app.url}${path}`);
    const started = await owner.get(`${target.pathname}${target.search}`, FROM_PAGE);
    expect(started.status).toBe(303);
    expect(started.location).toContain('/fr/');
    const landed = await owner.get(await visitWebview(app, started.location), FROM_MAIL);
    expect(landed.location).toMatch(/^\/banks\?a=1&b=2&attempt=/);
  });

  it.each<[string, number, Sent]>([
    ['a frame', 403, { 'sec-fetch-dest': 'iframe' }],
    ['an object', 403, { 'sec-fetch-dest': 'object' }],
    ['a fetch', 403, { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'empty' }],
    ['an image', 403, { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }],
    ['a document that no tab navigates to', 403, { 'sec-fetch-mode': 'no-cors' }],
    ['a word of tomorrow', 403, { 'sec-fetch-site': 'same-party' }],
    ['a prefetch', 405, { 'sec-purpose': 'prefetch' }],
    ['a prerendering', 405, { 'sec-purpose': 'prefetch;prerender' }],
    ['a form that submits itself', 200, {}],
    ['a form that submits itself, with an address of ours as referer', 200, { referer: 'SELF' }],
    ['a link that claims the confirmation', 200, { 'x-confirmed': '1', origin: 'null' }],
  ])('should start nothing for %s [H22, OA-04]', async (_what, status, headers) => {
    const referer = headers['referer'] === 'SELF' ? { referer: `${app.url}/connections/connect` } : {};
    const sent = { ...FROM_MAIL, ...headers, ...referer };
    const answer = await leavesNoTrace(async () => owner.get('/connections/connect?lang=fr', sent));
    expect(answer.status).toBe(status);
  });

  it('should start nothing for a form that another site posts to the same address [H22, OA-04]', async () => {
    const headers = {
      ...FROM_MAIL,
      origin: 'https://evil.example',
      'content-type': 'application/x-www-form-urlencoded',
    };
    const answer = await leavesNoTrace(async () =>
      owner.send('POST', '/connections/connect', headers, 'lang=fr'),
    );
    expect(answer.status).toBe(403);
    expect(answer.json()).toMatchObject({ code: 'cross_site_refused' });
  });

  it('should show no text of the address as markup [H22]', async () => {
    const text = await getRaw(app, "/connections/connect?returnTo=/a\"><b>x</b>&lang='nl'", FROM_MAIL);
    expect(text).not.toContain('<b>');
    const page = await getRaw(app, '/connections/connect?returnTo=/a"><b>x</b>', FROM_MAIL);
    expect(page).toContain('href="?returnTo=/a&quot;&gt;&lt;b&gt;x&lt;/b&gt;"');
    expect(page).not.toContain('<b>');
  });

  it('should refuse options that do not fit before it asks [H22]', async () => {
    expect((await owner.get('/connections/connect?lang=xx', FROM_MAIL)).status).toBe(400);
  });

  it('should ask where a guard does not know the user, whose cookie is SameSite=Strict [H22, H15]', async () => {
    const blocked = { 'x-blocked': '1' };
    const page = await leavesNoTrace(async () =>
      owner.get('/connections/connect', { ...FROM_MAIL, ...blocked }),
    );
    expect(page.status).toBe(200);
    expect(hrefOf(page)).toBe('?');
    expect((await owner.get('/connections/connect', { ...FROM_PAGE, ...blocked })).status).toBe(403);
    const posted = await owner.post('/connections/connect', {}, { ...FROM_MAIL, ...blocked });
    expect(posted.status).toBe(403);
  });
});

describe.each(ADAPTERS)('origins and pages of the host, on %s', (adapter) => {
  let app: FlowApp;
  let owner: Browser;

  beforeAll(async () => {
    app = await startFlowApp({
      adapter,
      options: { crossSite: { confirmPage: '/banks/confirm', trustedOrigins: [FRONT_END] } },
    });
    owner = await connectedOwner(app, 'ann');
  });

  afterAll(async () => {
    await app.close();
  });

  it('should send the person to the page of the host, with the options [H22]', async () => {
    const asked = await owner.get('/connections/connect?lang=fr', FROM_MAIL);
    expect(asked.status).toBe(303);
    expect(asked.location).toBe('/banks/confirm?lang=fr');
    expect((await owner.get('/connections/connect', FROM_MAIL)).location).toBe('/banks/confirm');
  });

  it.each(['cross-site', 'same-site'])(
    'should take every change of a trusted origin (%s) [H22]',
    async (site) => {
      const headers = {
        origin: FRONT_END,
        'sec-fetch-site': site,
        'sec-fetch-mode': 'cors',
        'sec-fetch-dest': 'empty',
      };
      expect((await owner.post('/connections/connect', {}, headers)).status).toBe(201);
      expect((await owner.post('/connections/manage', {}, headers)).status).toBe(201);
      const other = await connectedOwner(app, `of-${site}`);
      expect((await other.send('DELETE', '/connections/me', headers)).status).toBe(204);
      // Without fetch metadata, as over plain HTTP.
      expect((await owner.post('/connections/connect', {}, { origin: FRONT_END })).status).toBe(201);
    },
  );

  it('should take a link on a page of a trusted origin without asking [H22]', async () => {
    const started = await owner.get('/connections/connect', { ...FROM_MAIL, referer: `${FRONT_END}/` });
    expect(started.status).toBe(303);
    expect(new URL(started.location).origin).toBe(app.sandbox.url);
  });

  it.each<[string, Sent]>([
    ['another origin', { origin: 'https://evil.example' }],
    ['one that begins alike', { origin: `${FRONT_END}.evil.example` }],
    ['one with a user', { origin: `${FRONT_END}@evil.example` }],
    ['another port', { origin: `${FRONT_END}:8443` }],
    ['plain HTTP', { origin: FRONT_END.replace('https', 'http') }],
    ['two', { origin: `${FRONT_END}, https://evil.example` }],
    ['a referer alone', { referer: `${FRONT_END}/` }],
    ['a sandboxed frame of it', { origin: 'null', referer: `${FRONT_END}/` }],
  ])('should refuse a change of %s [H22, OA-04]', async (_what, headers) => {
    const sent = { 'sec-fetch-site': 'cross-site', ...headers };
    const rows = await snapshot(app);
    expect((await owner.post('/connections/connect', {}, sent)).status).toBe(403);
    expect((await owner.send('DELETE', '/connections/me', sent)).status).toBe(403);
    expect(await snapshot(app)).toEqual(rows);
  });

  it.each<[string, Sent]>([
    ['another site', { referer: 'https://evil.example/' }],
    ['one that begins alike', { referer: `${FRONT_END}.evil.example/` }],
    ['one that has it in its path', { referer: `https://evil.example/${FRONT_END}/` }],
    ['one with a user', { referer: `${FRONT_END}@evil.example/` }],
    ['no address at all', { referer: 'x' }],
    ['a form without an origin', { referer: `${FRONT_END}/`, origin: 'null' }],
  ])('should ask the person whom %s sent [H22]', async (_what, headers) => {
    const asked = await owner.get('/connections/connect', { ...FROM_MAIL, ...headers });
    expect(asked.location).toBe('/banks/confirm');
  });
});
