import { inspect } from 'node:util';
import { PowensApiError, PowensService } from 'nestjs-powens-connections';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startFlowApp, type FlowApp } from '../../helpers/flow/flow-app.js';
import { clearFaults, connectedOwner, outbound, plant } from '../../helpers/flow/observe.js';
import { answerWith, clearTokenOf, failureOf } from '../../helpers/upstream/upstream.js';

let app: FlowApp;
let powens: PowensService;

beforeAll(async () => {
  app = await startFlowApp();
  powens = app.app.get(PowensService);
  await connectedOwner(app, 'alice');
});

afterEach(async () => {
  await clearFaults(app);
});

afterAll(async () => {
  await app.close();
});

/** The accounts are read first: they tell which transactions are of a connection in use (OA-31). */
const LOOK = 1;

describe('links of pages', () => {
  it.each([
    ['another host', 'http://127.0.0.1:9/2.0/users/me/transactions?offset=1'],
    ['another scheme', 'https://127.0.0.1/2.0/users/me/transactions'],
    ['a host without scheme', '//evil.example/2.0/users/me/transactions'],
    ['outside of the API', '/sandbox/ledger'],
  ])('should not lead the token to %s [J3]', async (_, href) => {
    await answerWith(app, '/users/me/transactions*', { transactions: [], _links: { next: { href } } });
    const before = outbound(app).length;
    const error = await failureOf(powens.forOwner('alice').transactions().all());
    expect(error).toBeInstanceOf(PowensApiError);
    expect(error).toMatchObject({ code: 'powens_response_invalid' });
    expect(outbound(app)).toHaveLength(before + LOOK + 1);
  });

  it('should be followed once each: pages that never end are a fault', async () => {
    const next = { href: '/2.0/users/me/transactions?limit=500&offset=500' };
    await answerWith(app, '/users/me/transactions*', { transactions: [], _links: { next } }, { times: 50 });
    const before = outbound(app).length;
    const error = await failureOf(powens.forOwner('alice').transactions().all());
    expect(error).toMatchObject({ code: 'powens_response_invalid' });
    expect(outbound(app)).toHaveLength(before + LOOK + 2);
  });

  it('should be followed when they are absolute', async () => {
    const href = `${app.sandbox.url}/2.0/users/me/transactions?limit=500&offset=0&page=2`;
    await answerWith(app, '/users/me/transactions*', { transactions: [], _links: { next: { href } } });
    expect((await powens.forOwner('alice').transactions().all()).length).toBeGreaterThan(0);
  });
});

describe('what goes wrong', () => {
  it.each([
    ['the page of the edge', { kind: 'html503', times: 2 }],
    ['a 500', { kind: 'status', status: 500, times: 2 }],
    ['a cut link', { kind: 'reset', times: 1 }],
    ['half an answer', { kind: 'truncate', times: 1 }],
    ['a 429 that says when', { kind: 'status', status: 429, headers: { 'retry-after': '1' }, times: 1 }],
  ] as const)('should try again after %s [J4] [RL-06]', async (_, fault) => {
    await plant(app, { ...fault, path: '/users/me/accounts' });
    expect((await powens.forOwner('alice').accounts()).length).toBeGreaterThan(0);
  });

  it.each([
    [400, 1, 'powens_refused'],
    [403, 1, 'powens_refused'],
    [409, 1, 'powens_refused'],
    [500, 3, 'powens_failed'],
  ])('should answer a lasting %d after %d tries', async (status, tries, code) => {
    await plant(app, { kind: 'status', status, path: '/users/me/accounts', times: 20 });
    const before = outbound(app).length;
    expect(await failureOf(powens.forOwner('alice').accounts())).toMatchObject({ code, failure: { status } });
    expect(outbound(app)).toHaveLength(before + tries);
  });

  it('should clamp a Retry-After, and not wait beyond its deadline [RL-16]', async () => {
    const headers = { 'retry-after': '86400' };
    await plant(app, { kind: 'status', status: 429, headers, path: '/users/me/accounts', times: 5 });
    const error = await failureOf(powens.forOwner('alice').accounts());
    expect(error).toMatchObject({ code: 'powens_unreachable', retryAfterSeconds: 60 });
  });

  it('should tell code, description and request id, and no secret [TC-15]', async () => {
    const token = await clearTokenOf(app, 'alice');
    const description = `bad token ${token} of ${app.sandbox.client.clientSecret}`;
    await answerWith(
      app,
      '/users/me/accounts',
      { code: 'weird', description, request_id: '37a1bc0d' },
      { status: 400 },
    );
    const error = await failureOf(powens.forOwner('alice').accounts());
    expect(error).toMatchObject({
      code: 'powens_refused',
      failure: {
        operation: 'GET /users/me/accounts',
        powensCode: 'weird',
        description: 'bad token [redacted] of [redacted]',
        requestId: '37a1bc0d',
      },
    });
    const printed = `${inspect(error, { depth: 10, showHidden: true })}${JSON.stringify(error)}`;
    expect(printed).not.toContain(token);
    expect(printed).not.toContain(app.sandbox.client.clientSecret);
  });

  it.each(['{"accounts":{}}', '{"accounts":[{"id":0}]}', '[]'])(
    'should refuse the answer %s',
    async (body) => {
      await answerWith(app, '/users/me/accounts', body);
      expect(await failureOf(powens.forOwner('alice').accounts())).toMatchObject({
        code: 'powens_response_invalid',
      });
    },
  );
});
