import { PowensService } from 'nestjs-powens-connections';
import type { CustomConnectionStep } from 'nestjs-powens-connections/custom';
import { describe, expect, it } from 'vitest';
import { agreeAtBank, CONNECTORS, LOGIN, madeUpCredential } from '../../helpers/flow/custom.js';
import { ADAPTERS, type FlowApp } from '../../helpers/flow/flow-app.js';
import {
  completeAs,
  FRONT_ENDS,
  ticketOf,
  type StartedByApplication,
} from '../../helpers/host/application.js';
import { useFlowApp } from '../../helpers/flow/use-flow-app.js';

describe.each(ADAPTERS)('custom connections by route on %s', (adapter) => {
  let app: FlowApp;

  useFlowApp(
    {
      adapter,
      options: { provisioning: 'server-first', ...FRONT_ENDS },
      extras: { customConnections: true },
    },
    (opened) => {
      app = opened;
    },
  );

  it("should lead through the bank's own site and back to the callback", async () => {
    const browser = app.browser('ann');
    const answer = await browser.post('/connections/custom', {
      connectorUuid: CONNECTORS.webauth,
      fields: {},
      returnTo: '/banks',
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const step = answer.json<CustomConnectionStep & { redirect: { url: string; attemptId: string } }>();
    expect(step).toMatchObject({ next: 'redirect', state: 'webauthRequired' });
    expect(step.redirect).not.toHaveProperty('binding');
    const back = await agreeAtBank(step.redirect.url);
    const landed = await browser.get(back);
    expect([landed.status, landed.location]).toEqual([303, `/banks?attempt=${step.redirect.attemptId}`]);
    const one = (await browser.get(`/connections/${step.connectionId}`)).json();
    expect(one).toMatchObject({ state: null, requiredAction: null });
    expect((await browser.post(`/connections/custom/${step.connectionId}/resume`)).json()).toMatchObject({
      next: 'done',
    });
  });

  it("should lead a native application through the bank's own site, which completes by its own request", async () => {
    const native = app.browser('cleo');
    const answer = await native.post('/connections/custom', {
      connectorUuid: CONNECTORS.webauth,
      fields: {},
      returnTo: 'ios',
    });
    const { redirect } = answer.json<{ redirect: StartedByApplication }>();
    expect([...native.cookies]).toEqual([]);
    const { location } = await app.browser(null).get(await agreeAtBank(redirect.url));
    const completed = await completeAs(native, { started: redirect, ticket: ticketOf(location) });
    expect(completed.json()).toMatchObject({ flow: 'reconnect', status: 'connected' });
  });

  it('should refuse what does not fit, without repeating it, and wrong credentials with 422', async () => {
    const browser = app.browser('ben');
    const password = madeUpCredential();
    const fields = { website: 'par', login: 'test_login', password };
    for (const body of [
      { connectorUuid: CONNECTORS.plain, fields: { password: { deep: password } } },
      { connectorUuid: password, fields },
      { connectorUuid: CONNECTORS.plain },
    ]) {
      const answer = await browser.post('/connections/custom', body);
      expect(answer.status).toBe(400);
    }
    // Powens judges these: they are mistakes of the client all the same.
    for (const [connectorUuid, given] of [
      ['01985c3e-7f3a-7c11-9a4e-0f6f3b1f2a77', LOGIN],
      [CONNECTORS.plain, { website: 'par', login: 'test_login' }],
      [CONNECTORS.plain, { ...LOGIN, website: password }],
    ] as const) {
      const answer = await browser.post('/connections/custom', { connectorUuid, fields: given });
      expect([answer.status, answer.json()['code']]).toEqual([400, 'invalid_request']);
      expect(answer.text).not.toContain(password);
    }
    const refused = await browser.post('/connections/custom', { connectorUuid: CONNECTORS.plain, fields });
    expect([refused.status, refused.json()['code']]).toEqual([422, 'credentials_refused']);
    expect(refused.text).not.toContain(password);
  });

  it('should be for signed-in owners of this site only', async () => {
    const body = { connectorUuid: CONNECTORS.plain, fields: {} };
    expect((await app.browser(null).post('/connections/custom', body)).status).toBe(401);
    const foreign = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
    expect((await app.browser('ann').post('/connections/custom', body, foreign)).status).toBe(403);
    expect((await app.browser('ann').post('/connections/custom', body, { 'x-blocked': '1' })).status).toBe(
      403,
    );
  });

  it('should answer, wait and consent', async () => {
    const browser = app.browser('cat');
    const created = await browser.post('/connections/custom', {
      connectorUuid: CONNECTORS.oneTimeCode,
      fields: LOGIN,
    });
    const { connectionId } = created.json<CustomConnectionStep>();
    const path = `/connections/custom/${connectionId}`;
    expect((await app.browser('ann').post(`${path}/answer`, { fields: { otp: '123456' } })).status).toBe(404);
    expect((await browser.post(`${path}/answer`, { fields: { otp: '123456' } })).json()).toMatchObject({
      next: 'done',
    });
    const powens = app.app.get(PowensService).forOwner('cat');
    const accountIds = (await powens.accounts({ all: true })).map(({ id }) => id);
    expect((await browser.post(`${path}/consent`, { accountIds })).status).toBe(204);
    expect(await powens.accounts()).toHaveLength(accountIds.length);
    expect((await browser.post(`${path}/consent`, { accountIds: ['x'] })).status).toBe(400);
    expect((await browser.post(`${path}/consent`, { accountIds: ['999999'] })).status).toBe(404);
  });
});
