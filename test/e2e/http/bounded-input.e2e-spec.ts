import type { Server } from 'node:http';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ADAPTERS, type FlowApp } from '../../helpers/flow/flow-app.js';
import { useFlowApp } from '../../helpers/flow/use-flow-app.js';
import { outbound, snapshot } from '../../helpers/flow/observe.js';

const JSON_TYPE = { 'content-type': 'application/json' };
const ABSENT = '01985c3e-7f3a-7c11-9a4e-0f6f3b1f2a77';
const ROUTES = [
  '/connections/connect',
  '/connections/manage',
  `/connections/${ABSENT}/reconnect`,
  '/connections/custom',
  `/connections/custom/${ABSENT}/answer`,
  `/connections/custom/${ABSENT}/resume`,
  `/connections/custom/${ABSENT}/consent`,
];
const NAMES = [
  'connectorUuids',
  'connectorFields',
  'capabilities',
  'fields',
  'accountIds',
  'lang',
  'returnTo',
  'x',
];

const nested = (depth: number, name: string): string =>
  `{"${name}":${'['.repeat(depth)}${']'.repeat(depth)}}`;
const listed = (count: number, name: string): string => JSON.stringify({ [name]: Array(count).fill('aaaa') });

describe.each(ADAPTERS)('bodies and queries beyond every bound, on %s', (adapter) => {
  let app: FlowApp;

  useFlowApp(
    {
      adapter,
      extras: { customConnections: true },
      prepare: (host) => {
        // A connection that is closed for being idle while this process generates would be a failed request.
        (host.getHttpServer() as Server).keepAliveTimeout = 0;
      },
    },
    (opened) => {
      app = opened;
    },
  );

  it.each(NAMES)('should be refused with 400 in %s, on every route [N16, N17]', async (name) => {
    const rows = await snapshot(app);
    for (const route of ROUTES) {
      for (const body of [nested(5120, name), listed(10_000, name), `{"${name}":"${'a,'.repeat(20_000)}"}`]) {
        const answer = await app.browser('ann').send('POST', route, JSON_TYPE, body);
        expect(answer.status, `${route} ${name}`).toBe(400);
        expect(answer.headers.get('content-type')).toContain('application/problem+json');
        expect(answer.text.length).toBeLessThan(1000);
      }
    }
    expect(await snapshot(app)).toEqual(rows);
    expect(outbound(app)).toEqual([]);
    expect(app.logger.lines.join('\n')).not.toMatch(/RangeError|without an error of this library/);
  });

  it('should never make a fault of ours of any JSON, parameter or query [N17]', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 20 });
    const body = fc.dictionary(
      fc.oneof(fc.constantFrom(...NAMES), text),
      fc.jsonValue({ maxDepth: 3, depthSize: 'small' }),
      {
        maxKeys: 4,
      },
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...ROUTES), body, text, async (route, sent, part) => {
        const browser = app.browser('ann');
        // A lone surrogate is no part of a URL.
        const path = encodeURIComponent(part.replace(/\p{Cs}/gu, ''));
        const answers = [
          await browser.send('POST', route, JSON_TYPE, JSON.stringify({ ...sent, unknown: 1 })),
          await browser.get(`/connections/attempts/x${path}`),
          await browser.get(`/connections?limit=${path}x&cursor=${path}`),
          await browser.get(`/connections/callback?state=${path}&code=${path}`),
          await browser.get(`/connections/connect?x=1&lang=${path}`),
        ];
        for (const { status, headers } of answers) {
          expect(status).toBeGreaterThanOrEqual(400);
          expect(status).toBeLessThan(500);
          expect(headers.get('content-type')).toContain('application/problem+json');
        }
      }),
      { numRuns: 40 },
    );
  });
});
