import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, Browser } from '../../helpers/flow/browser.js';
import { ADAPTERS, startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { connectedOwner, outbound, snapshot } from '../../helpers/flow/observe.js';

type Sent = Record<string, string>;

describe.each(ADAPTERS)('who sends a request, on %s', (adapter) => {
  let app: FlowApp;
  let owner: Browser;

  beforeAll(async () => {
    app = await startFlowApp({ adapter, extras: { customConnections: true } });
    owner = await connectedOwner(app, 'ann');
  });

  afterAll(async () => {
    await app.close();
  });

  const ABSENT = '01985c3e-7f3a-7c11-9a4e-0f6f3b1f2a77';
  const changing = (headers: Sent): Promise<Answer>[] => [
    owner.post('/connections/connect', {}, headers),
    owner.post('/connections/manage', {}, headers),
    owner.post(`/connections/${ABSENT}/reconnect`, {}, headers),
    owner.post(`/connections/${ABSENT}/sync`, {}, headers),
    owner.send('DELETE', `/connections/${ABSENT}`, headers),
    owner.send('DELETE', '/connections/me', headers),
    owner.post(`/connections/custom/${ABSENT}/resume`, {}, headers),
    owner.post(`/connections/custom/${ABSENT}/consent`, { accountIds: ['1'] }, headers),
    owner.get('/connections/connect', headers),
  ];

  it.each<[string, Sent]>([
    ['a sibling host', { 'sec-fetch-site': 'same-site' }],
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['two answers at once', { 'sec-fetch-site': 'same-origin, cross-site' }],
    ['a word of tomorrow', { 'sec-fetch-site': 'same-party' }],
    ['nothing', { 'sec-fetch-site': '' }],
    ['another origin, without fetch metadata', { origin: 'https://evil.example' }],
    ['a sandboxed frame, without fetch metadata', { origin: 'null' }],
    ['another port, without fetch metadata', { origin: 'http://localhost:1' }],
  ])('should refuse every change that %s made the browser send [N19, OA-04]', async (_, headers) => {
    const rows = await snapshot(app);
    const calls = outbound(app).length;
    for (const answer of await Promise.all(changing(headers))) {
      expect(answer.status).toBe(403);
      expect(answer.json()).toMatchObject({ code: 'cross_site_refused' });
      expect(answer.headers.getSetCookie()).toEqual([]);
    }
    expect(await snapshot(app)).toEqual(rows);
    expect(outbound(app)).toHaveLength(calls);
  });

  it.each<[string, () => Sent]>([
    ['the application itself', () => ({ 'sec-fetch-site': 'same-origin', origin: app.url })],
    ['the address bar', () => ({ 'sec-fetch-site': 'none' })],
    ['its own origin, without fetch metadata', () => ({ origin: app.url })],
    ['no browser at all', () => ({})],
  ])('should take a start that comes from %s [N19]', async (_, headers) => {
    expect((await app.browser('bob').post('/connections/connect', {}, headers())).status).toBe(201);
    expect((await app.browser('bob').get('/connections/connect', headers())).status).toBe(303);
  });

  it.each<[string, string]>([
    ['next-router-prefetch', '1'],
    ['x-middleware-prefetch', '1'],
    ['next-router-segment-prefetch', '/_tree'],
    ['x-sec-purpose', 'prefetch'],
    ['sec-purpose', 'prefetch;prerender'],
    ['purpose', 'prefetch'],
    ['x-purpose', 'preview'],
    ['x-moz', 'prefetch'],
    ['hx-preloaded', 'true'],
    ['sec-speculation-tags', 'null'],
    ['sec-fetch-dest', 'empty'],
    ['sec-fetch-dest', 'image'],
    ['sec-fetch-dest', 'iframe'],
    ['sec-fetch-dest', ''],
  ])('should store and ask nothing for a start that says %s: %s [H9, OA-10]', async (name, value) => {
    const rows = await snapshot(app);
    const calls = outbound(app).length;
    const answer = await owner.get('/connections/connect', { [name]: value });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('GET');
    expect(answer.json()).toMatchObject({ code: 'method_not_allowed' });
    expect(await snapshot(app)).toEqual(rows);
    expect(outbound(app)).toHaveLength(calls);
  });

  it('should send a person on whose browser says that it navigates [H9]', async () => {
    const navigation = {
      'sec-fetch-dest': 'document',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-site': 'same-origin',
    };
    expect((await owner.get('/connections/connect', navigation)).status).toBe(303);
  });
});
